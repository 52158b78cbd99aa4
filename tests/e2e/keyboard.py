"""Use a page as somebody does who has no mouse."""

FOCUSED = """() => {
    const element = document.activeElement
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    return {
        id: element.id,
        name: element.getAttribute('name') || '',
        href: element.getAttribute('href') || '',
        words: element.innerText || element.value || '',
        inMain: Boolean(element.closest('main')),
        isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        isInView: box.top >= 0 && box.bottom <= innerHeight + 1 && box.width > 0,
    }
}"""


def tab_until(page, is_there, most=80):
    """Press Tab until the focus is where it should be, seeing it all the way; return what has it and the presses."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isMarked"], f"nobody sees that this has the focus: {focused}"
        assert focused["isInView"], f"the focus is outside of what is seen: {focused}"
        if is_there(focused):
            return focused, presses
    raise AssertionError(f"not reached in {most} presses of Tab on {page.url}")
