"""Headers that every answer carries: what a page may load, who may frame it, and how long it is kept."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing from outside, no inline script or style, no frame around us, forms only to ourselves.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: The address of a static file carries a hash of its content, so it may be kept for good.
_FOR_GOOD = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """ASGI middleware. Over https it also tells browsers to stay there."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                if self._https:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                headers.setdefault("Cache-Control", _kept(scope, int(message["status"])))
            await send(message)

        await self._app(scope, receive, answered)


def _kept(scope: Scope, status: int) -> str:
    if scope["path"].startswith("/static/") and status in (200, 206, 304):
        return _FOR_GOOD if scope.get("query_string", b"").startswith(b"v=") else "no-cache"
    return "no-store"
