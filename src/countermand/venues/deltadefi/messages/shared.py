"""Parts that messages share."""

from typing import Annotated

from msgspec import Meta

PAGE_MAX = 1000
LIMIT_MAX = 250

Page = Annotated[int, Meta(ge=1, le=PAGE_MAX)]
Limit = Annotated[int, Meta(ge=1, le=LIMIT_MAX)]
