"""The pick list of comments, and what a laboratory adds to it."""

from dataclasses import replace

import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.smear_sheet import Comment
from clinoscope.records import Vault
from clinoscope.workflow.smear import comments

REPEAT = comments.make("Repeat", "Please send a fresh sample.")


def test_own_comments_stand_last_in_their_order_and_are_noted(vault: Vault) -> None:
    other = comments.make("  Seen   twice ", "")
    comments.set_own(vault, [other, REPEAT])
    assert comments.pick_list(vault)[-2:] == (replace(other, name="Seen twice"), REPEAT)
    assert comments.pick_list(vault)[:-2] == comments.pick_list()
    assert not any(entry.own for entry in comments.pick_list())
    event = vault.events()[0]
    assert (event.act, event.subject) == ("setting.set", comments.OWN)
    assert vault.verify().ok


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        (
            [replace(REPEAT, id=str(number), name=str(number)) for number in range(31)],
            "30 comments of your own at most",
        ),
        ([replace(REPEAT, name="  ")], "Give the comment a short name"),
        ([replace(REPEAT, name="x" * 42)], "at most 40 letters: take 2 away"),
        ([replace(REPEAT, text="x" * 301)], "at most 300 letters here: take 1 away"),
        ([REPEAT, comments.make("REPEAT")], "a comment “REPEAT” already"),
        ([replace(REPEAT, name="rouleaux")], "a comment “rouleaux” already"),
        ([replace(REPEAT, id="rouleaux")], "a comment “Repeat” already"),
    ],
    ids=["many", "empty", "long", "long text", "twice", "shipped name", "shipped id"],
)
def test_comments_that_cannot_be_are_refused(vault: Vault, added: list[Comment], sentence: str) -> None:
    with pytest.raises(NotAllowed, match=sentence) as refused:
        comments.set_own(vault, added)
    assert isinstance(refused.value, comments.TextRefused) == ("letters here" in sentence)
    assert comments.own(vault) == ()


def test_an_id_with_a_colon_is_a_mistake_of_ours(vault: Vault) -> None:
    with pytest.raises(ValueError, match="colon"):
        comments.set_own(vault, [replace(REPEAT, id="own:2")])


def test_only_who_reviews_smears_changes_them(vault: Vault) -> None:
    vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.ASSISTANT])
    with pytest.raises(NotAllowed, match="ask a clinician or pathologist"):
        comments.set_own(vault, [REPEAT])
    assert comments.own(vault) == ()


def test_comments_in_words() -> None:
    known = (*comments.pick_list(), REPEAT)
    assert comments.words("toxic_granulation:2", known) == "Toxic granulation, moderate"
    assert comments.words("left_shift", known) == "Left shift"
    assert comments.words(REPEAT.id, known) == "Please send a fresh sample."
    assert comments.words("gone", known) == "gone"


def test_of_several_with_one_id_the_first_is_kept() -> None:
    later = replace(REPEAT, text="Other words.")
    assert comments.worded((f"{REPEAT.id}:2", "gone"), (REPEAT, later)) == (REPEAT,)
    assert comments.make("Repeat").id != comments.make("Repeat").id
