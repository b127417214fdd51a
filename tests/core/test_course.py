"""What is counted beside a guard, and the figures that follow from it."""

import json
import random

import pytest

from surehand.core.course import EDGES, LENGTH, NOTHING, OTHERS, Count, Course, Span, coverage, merged
from surehand.core.guarantee import Judged, Plan, Status, Terms, Turning
from surehand.core.guard import Guard
from surehand.core.news import told, tone
from surehand.core.report import FEWEST, calibration, cost, course, curve, share_of, slices

TERMS = Terms(1, None, None, 1.0, 1.0)


def judged(
    number: int, score: float | None = 0.9, *, alone: bool = False, odds: float = 1.0, asked: bool = True
) -> Judged:
    return Judged(number, TERMS, score, alone, odds, asked)


def span_of(groups: dict[str, tuple[int, int, int]], *, truth: bool = False) -> Span:
    """Value -> cases, and of how many with no (and with yes) the AI was wrong; half are no, half are yes."""
    span = Span()
    for value, (cases, off_no, off_yes) in groups.items():
        for place in range(cases):
            yes = place % 2 == 1
            right = place // 2 >= (off_yes if yes else off_no)
            body = {"slices": {"group": value}, "said": yes if right else not yes}
            span.judge(judged(place), body)
            span.answer(judged(place), body, right=right)
    return span


# Counting


def test_answers_stand_for_the_cases_that_were_not_drawn() -> None:
    count = Count()
    for _ in range(90):
        count.add(1.0, right=True)
    for _ in range(10):
        count.add(0.1, right=False)
    found = share_of(count)
    assert found is not None
    # 10 wrong of 100 answers, but each wrong one was drawn with a probability of one tenth
    assert found.share == pytest.approx(100 / 190)
    assert (found.answers, found.wrong) == (100, 10)
    assert found.low < 0.4, "few answers with a large weight say little"


def test_a_span_is_the_same_after_it_was_written_down() -> None:
    drawn = random.Random(1)
    span = Span(3, 1_500)
    for place in range(200):
        one = judged(place, drawn.random() if place % 7 else None, alone=place % 3 == 0, odds=0.25)
        body = {"slices": {"group": f"g{place % 4}"}, "said": place % 2 == 0}
        span.judge(one, body)
        span.answer(one, body, right=place % 5 > 0)
    plain, detail = json.loads(json.dumps([span.plain, span.detail]))
    again = Span.of(3, plain, detail)
    assert (again.plain, again.detail) == (span.plain, span.detail)
    assert Span.of(3, plain) == Span.of(3, plain, {"scores": [], "slices": {}})
    assert merged([span, again]).cases == 400
    assert merged([]).cases == 0


def test_scores_fall_into_parts_up_to_both_ends() -> None:
    span = Span()
    for score in (0.0, 1.0, 0.9999, 0.5, -0.0):
        span.judge(judged(0, score), {})
    assert sum(one.cases for one in span.scores.values()) == 5
    assert list(EDGES) == sorted(set(EDGES))


def test_too_many_values_of_a_slice_are_counted_together() -> None:
    span = Span()
    for place in range(100):
        span.judge(judged(place), {"slices": {"customer": f"c{place}", "kind": NOTHING}})
    assert len(span.slices["customer"]) == 41
    assert span.slices["customer"][OTHERS].cases == 60
    assert span.slices["kind"][NOTHING].cases == 100


def test_a_course_is_cut_into_spans_and_notes_every_turn() -> None:
    guard = Guard(Plan(0.3, first=30, together=10))
    followed = Course(guard, [Span()])
    for place in range(LENGTH + 20):
        one = Judged(
            place, guard.terms, (place % 100) / 100, guard.terms.alone((place % 100) / 100), 1.0, True
        )
        followed.judge(one, {})
        followed.answer(one, {}, right=True)
    assert [span.cases for span in followed.spans] == [LENGTH, 20]
    assert [span.first for span in followed.spans] == [0, LENGTH]
    kinds = [turn.kind for turn, _ in followed.turns]
    assert kinds[0] is Turning.LEVELS
    assert Turning.CERTIFIED in kinds
    certified = [share for turn, share in followed.turns if turn.kind is Turning.CERTIFIED]
    assert certified == sorted(certified)
    assert followed.spans[-1].coverage == coverage(guard) == certified[-1]


@pytest.mark.parametrize("alone", [True, False])
def test_what_the_ai_said_counts_nowhere_before_somebody_answered(alone: bool) -> None:
    """So that a report never tells how a case was decided that is to be decided unseen."""
    counted = []
    for said in (True, False, None):
        span = Span()
        span.judge(judged(0, alone=alone), {"slices": {"group": "a"}, "said": said})
        counted.append([span.plain, span.detail])
    assert counted[0] == counted[1] == counted[2]


# Figures


def test_said_against_right() -> None:
    span, drawn = Span(), random.Random(2)
    for place in range(4_000):
        score = drawn.random()
        one = judged(place, score)
        span.judge(one, {})
        span.answer(one, {}, right=drawn.random() < score * 0.8)
    found = calibration(span)
    assert found is not None
    assert 8 <= len(found.parts) <= 11
    assert sum(part.answers for part in found.parts) == found.answers == 4_000
    assert all(part.low <= part.right <= part.high for part in found.parts)
    assert found.error == pytest.approx(0.1, abs=0.02), "it says a fifth too much"
    assert found.low > 0
    assert calibration(Span()) is None


def test_error_against_coverage() -> None:
    span, drawn = Span(), random.Random(3)
    for place in range(4_000):
        score = drawn.random()
        one = judged(place, score)
        span.judge(one, {})
        span.answer(one, {}, right=drawn.random() < score)
    points = curve(span)
    assert 5 < len(points) <= 24
    shares = [point.coverage for point in points]
    assert shares == sorted(shares)
    assert points[-1].coverage == 1.0
    assert points[-1].error.share == pytest.approx(0.5, abs=0.03)
    assert points[0].error.share < 0.1
    assert curve(Span()) == ()


def test_the_course_has_at_most_sixty_parts_and_says_what_late_checks_found() -> None:
    spans = []
    for number in range(130):
        span = Span(number, number * LENGTH, cases=LENGTH, coverage=0.5)
        for place in range(30):
            span.checks.add(0.1, right=number < 65 or place > 0)
        spans.append(span)
    parts = course(spans)
    assert len(parts) <= 60
    assert (parts[0].first, parts[-1].last) == (0, 130 * LENGTH)
    assert parts[0].found is not None
    assert parts[0].found.share == 0
    assert parts[-1].found is not None
    assert parts[-1].found.share == pytest.approx(1 / 30)
    assert course(spans[:1])[0].found is None, "30 checks are too few"
    # what ran before people decided all is not counted with what was earned since
    spans[-1].coverage = 0.0
    after = Span(130, 130 * LENGTH, cases=LENGTH, coverage=0.5, checks=spans[0].checks)
    assert course([*spans[-2:], after])[-1].found is None
    assert course([]) == ()


def test_what_people_do_for_each_hundred_cases() -> None:
    found = cost(Span(cases=200, alone=150, drawn=15, unseen=10))
    assert found is not None
    assert (found.decided, found.unseen, found.checked, found.reviews) == (25, 5, 7.5, 32.5)
    assert cost(Span()) is None


# Slices


def test_a_gap_in_one_kind_of_error_shows_though_the_whole_does_not() -> None:
    # as many errors in both groups: in one they are false alarms, in the other misses
    (found,) = slices(span_of({"left": (1_000, 200, 100), "right": (1_000, 100, 200)}))
    left, right = found.groups
    assert left.wrong is not None
    assert right.wrong is not None
    assert left.wrong.share == right.wrong.share == pytest.approx(0.3)
    assert left.false_positives is not None
    assert left.false_positives.share == pytest.approx(0.4)
    assert right.false_positives is not None
    assert right.false_positives.share == pytest.approx(0.2)
    assert [gap.what for gap in found.gaps] == ["false positives", "false negatives"]
    assert found.gaps[0].sentence.startswith("False positives: 40 % (3")
    assert " with left, 20 % (" in found.gaps[0].sentence


def test_a_small_group_has_no_figure_and_makes_no_gap() -> None:
    (found,) = slices(span_of({"many": (1_000, 0, 0), "few": (FEWEST - 1, 24, 24)}))
    assert [(group.value, group.wrong is None) for group in found.groups] == [("many", False), ("few", True)]
    assert found.gaps == ()


def test_what_is_no_yes_or_no_has_one_kind_of_error() -> None:
    span = Span()
    for place in range(100):
        body = {"slices": {"group": "a"}}
        span.judge(judged(place, alone=True), body)
        span.answer(judged(place, alone=True), body, right=place > 2)
    (found,) = slices(span)
    assert not found.yes_no
    (group,) = found.groups
    assert group.false_positives is None
    assert group.checked is not None
    assert group.checked.share == pytest.approx(0.03)


def counted(groups: dict[str, tuple[int, float, float]], *, seed: int = 4) -> Span:
    """Groups of so many answers, whose confidence says one share while another is right."""
    span, drawn = Span(), random.Random(seed)
    for value, (count, says, right) in groups.items():
        for place in range(count):
            one, body = judged(place, says, alone=place % 2 == 0), {"slices": {"group": value}}
            span.judge(one, body)
            span.answer(one, body, right=drawn.random() < right)
    return span


def test_a_group_whose_confidence_says_too_much_or_too_little_is_named() -> None:
    groups = {"high": (800, 0.93, 0.8), "low": (800, 0.8, 0.95), "fair": (800, 0.9, 0.9), "few": (49, 0.9, 0)}
    (found,) = slices(counted(groups))
    by_name = {group.value: group for group in found.groups}
    assert {value: group.stated for value, group in by_name.items()} == {
        "high": "overstated", "low": "understated", "fair": "fair", "few": None,
    }  # fmt: skip
    assert by_name["few"].calibration is None
    assert by_name["few"].sentence == ""
    high = by_name["high"].calibration
    assert high is not None
    assert (high.said, high.answers) == (pytest.approx(0.93), 800)
    assert high.low < high.right == pytest.approx(0.8, abs=0.05)
    assert [group.value for group in found.misstated] == ["high", "low"]
    assert found.misstated[0].sentence.startswith("Confidence is overstated with high: it says 93 %, and ")


def test_a_group_that_was_never_wrong_is_not_understated_by_a_few_answers() -> None:
    (found,) = slices(counted({"new": (60, 0.97, 1.0)}))
    (group,) = found.groups
    assert group.calibration is not None
    assert (group.calibration.right, group.stated) == (1.0, "fair")


def test_what_is_said_is_weighted_as_the_answers_are() -> None:
    """Half of the group runs alone, and one in ten of that half is asked about: it counts as much."""
    span = Span()
    for place in range(1_100):
        often = place < 1_000
        one = judged(place, 0.5 if often else 0.9, alone=not often, odds=1.0 if often else 0.1)
        span.answer(one, {"slices": {"group": "a"}}, right=place % 10 < 6)
    (group,) = slices(span)[0].groups
    assert group.calibration is not None
    assert group.calibration.said == pytest.approx(0.7)
    assert group.wrong is not None
    assert group.calibration.right == pytest.approx(1 - group.wrong.share)


def test_a_case_without_confidence_states_nothing() -> None:
    span = Span()
    for place in range(100):
        one = judged(place, 0.9 if place < 60 else None)
        span.answer(one, {"slices": {"group": "a"}}, right=True)
    (group,) = slices(span)[0].groups
    assert group.calibration is not None
    assert (group.answers, group.calibration.answers) == (100, 60)


def test_the_calibration_of_groups_is_kept_and_counted_together() -> None:
    span = counted({"a": (60, 0.9, 0.5), "b": (60, 0.5, 0.9)})
    again = Span.of(0, *json.loads(json.dumps([span.plain, span.detail])))
    assert again == span
    both = slices(merged([span, again]))[0].groups[0]
    assert both.calibration is not None
    assert (both.calibration.said, both.calibration.answers) == (pytest.approx(0.9), 120)
    # what a release before this one kept has none
    detail = {name: value for name, value in span.detail.items() if name != "stated"}
    assert slices(Span.of(0, span.plain, detail))[0].groups[0].calibration is None


# In words


@pytest.mark.parametrize("kind", [*Turning, Status.UNPROVEN, Status.SHADOW, Status.HOLDING, "anew", "fitted"])
def test_every_change_is_told_in_a_sentence_of_its_own(kind: str) -> None:
    body = {"error": 0.02, "cut": 0.912, "coverage": 0.6125, "judged": 900, "epoch": 1}
    sentence = told(kind, body)
    others = [
        told(other, body)
        for other in [*Turning, Status.UNPROVEN, Status.SHADOW, "anew", "fitted"]
        if other != kind
    ]
    assert sentence.endswith(".")
    assert sentence not in others
    assert tone(kind) in ("bad", "warn", "ok", "info")
    assert "run alone" not in told(kind, {**body, "cut": None, "coverage": 0.0}).partition("People decide")[0]
