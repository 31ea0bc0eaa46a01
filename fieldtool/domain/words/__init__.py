"""The one vocabulary: numbers, days, slots, samples and exchanges in words, the same wherever they are said."""
