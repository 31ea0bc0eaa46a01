"""Who can open an inspection: key file, recovery code, throttle of wrong passphrases, membership."""
