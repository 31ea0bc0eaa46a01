"""The 2020 inspection of Hampshire and Isle of Wight CRC, re-created to its published figures."""
