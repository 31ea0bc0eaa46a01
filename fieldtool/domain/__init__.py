"""What an inspection is: frozen models and pure functions, without clock, file or screen."""
