"""The check digit at the end of a number, which tells that a digit is wrong."""


def luhn(digits: str) -> int:
    """The Luhn check digit of a number in the digits 0 to 9 (ISO/IEC 7812-1): it finds any one wrong digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return -sum(number - 9 * (number > 9) for number in doubled) % 10
