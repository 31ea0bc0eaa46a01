"""fieldtool: assess cases of probation services on site, keep every answer, show where the ratings stand."""

__version__ = "0.1.0"
