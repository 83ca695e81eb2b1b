"""The desk as a clerk uses it, in a real browser.

``INBOX_WORKER_QUEUE_MESSAGES`` (12, one of each reason; full: 1000) is how many messages the clerk rules on by keyboard, the rest of the queue
having been dismissed before.
"""

from __future__ import annotations

import os
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from inbox_worker import decision
from inbox_worker.model import identity
from inbox_worker.registry import Registry
from inbox_worker.registry.desk import Desk
from inbox_worker.registry.review import Target
from inbox_worker.review.queue import queue
from inbox_worker.settings import load
from tests.review.conftest import Opens
from tests.review.place import PASSWORD, PLEDGING, Web, take_in

MESSAGES = int(os.environ.get("INBOX_WORKER_QUEUE_MESSAGES", "12"))
NOISE = PLEDGING / "attachments-and-noise"
WAITING = "select count(distinct message_id) from flags where closed_at is null"


def message(web: Web, code: str, where: str = "1") -> int:
    """A message that waits for one reason only, and that nobody has ruled on."""
    found = web.one(
        f"""select flags.message_id from flags join claims on claims.id = flags.claim_id where closed_at is null
        and flags.message_id not in (select message_id from rulings where message_id is not null) group by 1 having count(*) = 1 and max(code) = ? and {where} order by 1 limit 1""",
        code,
    )
    assert isinstance(found, int)
    return found


def standing(web: Web, at: int) -> object:
    """What the registry holds of the organisation that the message speaks of."""
    return web.one(
        """select partstat, delegates, open_doubts from participations where organisation_id =
        (select organisation_id from claims where message_id = ?)""",
        at,
    )


def test_the_clerk_empties_the_queue_by_keyboard_alone(fresh: Web, opens: Opens) -> None:
    web = fresh
    page = opens("/-/review")
    waiting = web.one(WAITING)
    assert isinstance(waiting, int) and waiting > 60
    _leave_of_each_reason(web)
    page.reload()
    total = web.one(WAITING)
    assert isinstance(total, int) and total >= min(MESSAGES, waiting)
    expect(page.locator("#rows .counts b").first).to_have_text(str(total))
    for _ in range(400):
        state = page.evaluate(
            "() => { const r = document.querySelector('li.row.here'); return r && [r.id, r.dataset.act]; }"
        )
        if state is None:
            break
        at, act = state
        shown = page.locator("#rows").inner_html()
        page.keyboard.press("a" if act else "d")
        page.wait_for_function(
            "([at, shown]) => document.getElementById('rows').innerHTML !== shown || "
            "document.getElementById('said').classList.contains('bad')",
            arg=[at, shown],
        )
        if page.locator("#said.bad").count():  # what cannot be accepted is opened or dismissed
            page.keyboard.press("d")
            page.wait_for_function("shown => document.getElementById('rows').innerHTML !== shown", arg=shown)
    assert page.get_by_text("Nothing waits.").is_visible()
    assert web.one(WAITING) == 0
    assert web.one("select count(*) from rulings where made_by <> 'ann'") == 0


def _leave_of_each_reason(web: Web) -> None:
    """Dismiss what is more than MESSAGES, and leave some of each reason."""
    settings = load(web.config)
    place = settings.registry
    registry = Registry.open(place.path, place.mail_directory, settings.invitation, decision.tell, create=False)
    desk, groups = Desk(registry, "ann"), queue(registry.db).groups
    most = -(-MESSAGES // len(groups))  # of a reason, rounded up
    with registry.writing():
        for group in groups:
            for row in group.rows[most:]:
                desk.dismiss(Target("message", row.message))
    registry.close()


def test_a_correction_by_keyboard_changes_the_registry_and_its_history_and_can_be_undone(
    web: Web, opens: Opens
) -> None:
    at = message(web, "count-missing")
    before = standing(web, at)
    page = opens(f"/-/review#m{at}")
    expect(page.locator("li.row.here")).to_have_id(f"m{at}")
    page.keyboard.press("e")
    number = page.get_by_label("Number").first
    number.focus()
    page.keyboard.type("7")
    expect(page.locator("#change td.new")).to_contain_text("comes, 7")
    assert standing(web, at) == before, "looking at what would be changes nothing"
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text(re.compile(f"m{at} saved"))
    assert standing(web, at) == ("accepted", 7, 0)
    assert web.one("select verb, made_by from rulings where message_id = ?", at) == ("correct", "ann")
    page.keyboard.press("u")
    expect(page.locator("#said")).to_have_text(re.compile("taken back"))
    assert standing(web, at) == before
    page.goto(f"{web.url}/-/review/m{at}")
    expect(page.locator(".history li")).to_have_count(2)
    expect(page.locator(".history li").first).to_contain_text("taken back")


def test_a_ruling_is_undone_from_the_history(web: Web, opens: Opens) -> None:
    at = message(web, "count-unclear")
    before = standing(web, at)
    page = opens(f"/-/review/m{at}")
    page.get_by_label("Does not come").first.check()
    page.get_by_role("button", name="Save").click()
    assert standing(web, at) == ("declined", None, 0)
    page.goto(f"{web.url}/-/review/m{at}")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".history li")).to_have_count(2)
    assert standing(web, at) == before


def test_of_two_browsers_on_one_flag_the_second_sees_the_first_and_overwrites_nothing(web: Web, opens: Opens) -> None:
    at = message(web, "count-missing")
    first, second = opens(f"/-/review/m{at}"), opens(f"/-/review/m{at}", "ben")
    queue = opens("/-/review", "ben")
    first.get_by_label("Number").first.fill("3")
    first.get_by_role("button", name="Save").click()
    expect(first).to_have_url(re.compile("/-/review"))
    second.get_by_label("Number").first.fill("9")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("ann ruled 'correct'")
    assert standing(web, at) == ("accepted", 3, 0)
    assert second.get_by_label("Number").first.input_value() == "9"
    expect(second.locator(".history li")).to_have_count(1)
    # The queue that was open meanwhile lets the row go by itself.
    expect(queue.locator(f"#m{at}")).to_have_count(0)
    second.get_by_role("button", name="Save").click()
    expect(second).to_have_url(re.compile(r"/-/review(\?|#|$)"))
    assert standing(web, at) == ("accepted", 9, 0)


def test_new_mail_appears_without_reloading(web: Web, opens: Opens, tmp_path) -> None:
    page = opens("/-/review")
    counted = page.locator("#rows .counts b").first
    before = int(counted.inner_text())
    (tmp_path / "new").mkdir()
    letter = (
        "From: joost@paxforpeace.example\nSubject: A question on the room\nMessage-ID: <new@pax.example>\n"
        "Received: from a.example by b.example; Wed, 10 Feb 2016 11:00:00 +0100\n\n"
        "Dear ISU, could you please tell us whether there is a cloakroom?\n"
    )
    (tmp_path / "new/1.eml").write_text(letter)
    take_in(web.config, tmp_path / "new")
    expect(counted).to_have_text(str(before + 1))
    expect(page.get_by_role("link", name="A question on the room")).to_be_visible()


def test_the_queue_is_filtered_by_reason_and_organisation(web: Web, opens: Opens) -> None:
    page = opens("/-/review")
    at = message(web, "partstat-unclear", "max(claims.organisation_id) is not null")
    name = web.one("select name from claims where message_id = ?", at)
    page.get_by_role("combobox", name="Organisation").fill(str(name)[:12])
    option = page.locator("datalist#organisations option").first
    option.wait_for(state="attached")
    page.get_by_role("combobox", name="Organisation").fill(str(option.get_attribute("value")))
    page.get_by_label("Reason").select_option("partstat-unclear")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(f"#m{at}")).to_be_visible()
    shown = {int(str(row.get_attribute("id"))[1:]) for row in page.locator("li.row").all()}
    about = "select count(*) from claims where name = ? and message_id = ?"
    assert all(web.one(about, name, row) for row in shown)


def test_several_that_are_late_but_clear_are_accepted_at_once(web: Web, opens: Opens) -> None:
    page = opens("/-/review?reason=late")
    button = page.get_by_role("button", name=re.compile("late but clear"))
    wanted = int(re.findall(r"\d+", button.inner_text())[0])
    accepted = "select count(distinct message_id) from rulings where verb = 'accept'"
    before = web.one(accepted)
    button.click()
    expect(page.locator("#said")).to_have_text(re.compile("accepted"))
    assert web.one(accepted) == before + wanted >= 2


def test_a_new_organisation_joins_by_its_answer(web: Web, opens: Opens) -> None:
    at = message(web, "organisation-unlisted", "max(claims.partstat) = 'accepted'")
    page = opens(f"/-/review/m{at}")
    page.get_by_text("Not on the list").first.click()
    page.get_by_label("Add it to the registry").first.check()
    page.get_by_label("Name", exact=True).first.fill("Entirely New Trust")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/-/review(\?|#|$)"))
    assert web.one("select partstat, open_doubts from registry where name = 'Entirely New Trust'") == ("accepted", 0)
    assert web.one("select count(*) from lessons join rulings on rulings.id = ruling_id where message_id = ?", at)
    for _ in range(300):  # what the ruling teaches is followed by a process that nobody waits for
        if not web.one("select count(*) from to_read"):
            break
        time.sleep(0.1)
    assert web.one("select count(*) from to_read") == 0


def test_an_answer_by_telephone_is_entered(web: Web, opens: Opens) -> None:
    page = opens("/-/review/organisation/croatia-mine-aid")
    page.get_by_label("Comes").check()
    page.get_by_label("Number").first.fill("2")
    page.get_by_label("Who told it").fill("Ann Lee")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".story")).to_contain_text("Ann Lee told ann")


def hostile(web: Web) -> int:
    found = web.one("select id from messages where from_address = 'mallory@paxforpeace.example'")
    assert isinstance(found, int)
    return found


def test_hostile_mail_runs_no_script_and_loads_nothing_from_elsewhere(web: Web, opens: Opens) -> None:
    page = opens("/-/overview")
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    at = hostile(web)
    for path in ("/-/review", f"/-/review/m{at}", f"/-/review/m{at}/attachments", f"/registry/messages/{at}",
                 "/registry/messages?_sort_desc=id&_size=9", "/registry/waiting", "/registry/claims?_sort_desc=id&_size=9",
                 "/registry/organisations/pax", "/-/overview"):  # fmt: skip
        page.goto(web.url + path)  # until all that the page itself names is loaded
        if path.startswith("/-/review/m"):
            page.wait_for_load_state("networkidle")  # its script fetches the attachments
        assert page.evaluate("window.owned") is None, path
        assert not page.locator("main :is(iframe, object, embed, script)").count() or "/registry" in path
    assert asked and not [url for url in asked if not url.startswith((web.url, "data:"))]
    page.goto(f"{web.url}/-/review/m{at}")
    expect(page.locator(".words").first).to_contain_text("perhaps with two or three people")
    expect(page.locator(".mail .sheet").first).to_contain_text("<script>window.owned=1</script>")
    assert page.locator(".words mark").count() >= 1, "the evidence is readable"
    assert page.locator("h1").inner_text().startswith("<img src=x onerror=")


def test_an_attachment_is_a_download_and_never_a_page(web: Web, opens: Opens) -> None:
    page = opens(f"/-/review/m{hostile(web)}")
    link = page.get_by_role("link", name="Download", exact=True).first
    with page.expect_download() as started:
        link.click()
    assert "<" not in started.value.suggested_filename
    for path in ("part/2", "raw", "picture/3"):
        answer = page.request.get(f"{web.url}/-/review/m{hostile(web)}/{path}")
        if path.startswith("picture"):
            assert answer.status == 404, "SVG is no picture that is shown"
            continue
        headers = answer.headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("sandbox")


def test_signing_in_with_a_password_leads_to_the_queue_and_its_cookie_is_kept_from_scripts(
    web: Web, opens: Opens
) -> None:
    page = opens("/-/login", "ed")
    page.context.clear_cookies()
    page.goto(f"{web.url}/-/review")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    (kept,) = [one for one in page.context.cookies() if one["name"] == "ds_actor"]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Lax")
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{web.url}/-/review")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_for_who_sees_or_types_otherwise(web: Web, opens: Opens, scheme: str) -> None:
    page = opens("/-/login", color_scheme=scheme)
    at = message(web, "partstat-unclear")
    scan = web.one("select id from messages where sha256 = ?", identity((NOISE / "014.eml").read_bytes()))
    for path in ("/-/review?language=fr", f"/-/review/m{at}", f"/-/review/m{hostile(web)}", f"/-/review/m{scan}",
                 "/-/overview", "/registry", "/-/review/organisation/halo"):  # fmt: skip
        page.goto(web.url + path)
        if path.endswith(f"m{scan}"):
            expect(page.get_by_role("img", name="Page 1 of")).to_be_visible()
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [
            (one["id"], [node["html"][:140] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], path


def test_pages_fit_a_tablet(web: Web, opens: Opens) -> None:
    page = opens("/-/review")
    page.set_viewport_size({"width": 768, "height": 1024})
    for path in ("/-/review", f"/-/review/m{message(web, 'partstat-unclear')}", "/-/overview", "/registry"):
        page.goto(web.url + path)
        assert _width(page) <= 768, path


def _width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_the_overview_prints_on_one_page(web: Web, opens: Opens) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    page = opens("/-/overview", "carla")
    printed = PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    assert "people come of 200 seats" in " ".join(printed.pages[0].extract_text().split())


def test_another_organisation_of_a_message_is_added_and_shown(web: Web, opens: Opens) -> None:
    at = web.one(
        "select message_id from participations where partstat = 'accepted' and open_doubts = 0 and message_id > 0 and message_id not in"
        " (select message_id from rulings where message_id is not null) order by message_id limit 1"
    )
    page = opens(f"/-/review/m{at}")
    page.get_by_text("It answers for another organisation too").click()
    another = page.get_by_role("group", name="Another organisation")
    another.get_by_label("Organisation", exact=True).fill("Article 36")
    another.get_by_label("Comes", exact=True).check()
    another.get_by_label("Number").fill("2")
    expect(page.locator("#change td.new")).to_contain_text("comes, 2")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_have_text(re.compile(f"m{at} saved"))
    assert web.one("select partstat, delegates, message_id from registry where name = 'Article 36'") == (
        "accepted", 2, at,
    )  # fmt: skip
    page.goto(f"{web.url}/-/review/m{at}")
    expect(page.locator("details.settled", has_text="Article 36")).to_be_visible()
