"""An event in its envelope, the chains that events form, and what stands of what was said."""
