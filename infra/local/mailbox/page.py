"""The mailbox's pages. Everything of a message is text to them, whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from infra.local.mailbox.messages import Message

REFRESH_SECONDS = 3
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_STYLE = """
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem }
  a { color: LinkText }
  table { width: 100%; border-collapse: collapse }
  td { padding: .55rem .4rem; border-top: 1px solid color-mix(in srgb, CanvasText 18%, Canvas);
       vertical-align: top; overflow-wrap: anywhere }
  .soft { color: color-mix(in srgb, CanvasText 65%, Canvas) }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; padding: 1rem;
        border: 1px solid color-mix(in srgb, CanvasText 18%, Canvas); border-radius: .5rem }
  iframe { width: 100%; height: 34rem; border-radius: .5rem; background: #fff;
           border: 1px solid color-mix(in srgb, CanvasText 18%, Canvas) }
  input { font: inherit; width: 20rem; max-width: 60% }
"""


def of_list(messages: Sequence[Message], *, to: str) -> str:
    """The newest messages, to one recipient or to all."""
    rows = "".join(
        f'<tr><td><a href="/messages/{escape(each.id)}">{escape(each.subject or "(no subject)")}'
        f'</a><br><span class="soft">to {escape(", ".join(each.recipients))}</span></td>'
        f'<td class="soft">{each.sent_at:%d %b %H:%M:%S}</td></tr>'
        for each in messages
    )
    nothing = '<p class="soft">Nothing was sent yet.</p>'
    return _page(
        "Mailbox",
        f"""<h1>Mailbox</h1>
<p class="soft">What Social Flow sends by mail ends here, whoever it is for.</p>
<form><label>To <input name="to" type="search" value="{escape(to)}"
  placeholder="anybody"></label> <button>Show</button></form>
{f"<table>{rows}</table>" if rows else nothing}""",
        refresh=True,
    )


def of_message(message: Message) -> str:
    """One message as text, and as its HTML in a frame."""
    return _page(
        message.subject,
        f"""<p><a href="/">← Mailbox</a></p>
<h1>{escape(message.subject)}</h1>
<p class="soft">from {escape(message.sender)}<br>to {escape(", ".join(message.recipients))}<br>
{message.sent_at:%d %b %Y %H:%M:%S} UTC</p>
<h2>Text</h2><pre data-testid="text">{_linked(message.text)}</pre>
<h2>HTML</h2>
<iframe title="The message's HTML" src="/messages/{escape(message.id)}/html"
  sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>""",
    )


def of_html(message: Message) -> str:
    """The message's own HTML, whose links open outside of the frame."""
    return f'<!doctype html><base target="_blank">{message.html}'


def _linked(text: str) -> str:
    """Text with its web addresses as links."""
    parts: list[str] = []
    end = 0
    for link in _LINK.finditer(text):
        address = escape(link[0])
        parts += [escape(text[end : link.start()]), f'<a href="{address}">{address}</a>']
        end = link.end()
    return "".join([*parts, escape(text[end:])])


def _page(title: str, body: str, *, refresh: bool = False) -> str:
    again = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if refresh else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"{again}<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )
