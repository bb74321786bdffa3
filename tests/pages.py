"""Pages in Chromium that may ask for nothing but what is theirs, and whose scripts may not complain."""

import contextlib


@contextlib.contextmanager
def watched_pages(chromium):
    """Yield a function that opens a page; fail at the end if a script failed or anything foreign was asked for."""
    contexts, complaints = [], []

    def opened(url, *, own, allowed=(), **settings):
        context = chromium.new_context(**{"viewport": {"width": 1200, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: any(each in message.text for each in allowed) or complaints.append(message.text),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith((own, "data:")) or complaints.append(asked.url))
        page.goto(url)
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
