"""What can happen: one small model for each kind of event, which says all that is to be known of it."""

from importlib import import_module
from pkgutil import iter_modules

# All of them, whichever is asked for: a kind is known once its file is there.
for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
