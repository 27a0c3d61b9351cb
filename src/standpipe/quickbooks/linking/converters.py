"""``accounts`` or ``buildings`` as the first part of an address."""


class TargetConverter:
    regex = "accounts|buildings"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
