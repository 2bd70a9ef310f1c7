"""Selectors choose what Kubernetes would choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.kubernetes.resources import PODS
from playground.kubernetes.selectors import field_test, label_test, selector_test, selector_text
from playground.kubernetes.status import Refusal

LABELS = {"app": "api", "tier": "gold", "example.com/team": "blue", "build": "7"}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("app=api", True),
        ("app==api,tier!=silver", True),
        ("app in (api, web),tier notin (silver)", True),
        ("example.com/team=blue", True),
        ("tier,!zone", True),
        ("app!=api", False),
        ("zone", False),
        ("!app", False),
        ("app in (web)", False),
        ("zone notin (a)", True),
        ("zone!=a", True),
        ("build>6,build<8", True),
        ("build>7", False),
        ("tier>1", False),
        ("zone<1", False),
    ],
)
def test_label_selectors(text: str, fits: bool):
    assert label_test(text)(LABELS) is fits


@pytest.mark.parametrize("text", ["a in b", "a=b=c", "=x", "in (a)b", "a>b", "a b"])
def test_nonsense_is_refused(text: str):
    with pytest.raises(Refusal) as raised:
        label_test(text)
    assert raised.value.code == 400


words = st.text("abc", min_size=1, max_size=2)


@given(labels=st.dictionaries(words, words, max_size=3), wanted=st.dictionaries(words, words, max_size=3))
def test_match_labels_and_their_text_agree(labels: dict[str, str], wanted: dict[str, str]):
    selector = {"matchLabels": wanted}
    expected = wanted.items() <= labels.items()
    assert selector_test(selector)(labels) is expected
    assert label_test(selector_text(selector))(labels) is expected


@pytest.mark.parametrize("operator", ["In", "NotIn", "Exists", "DoesNotExist"])
@pytest.mark.parametrize("labels", [{}, {"a": "1"}, {"a": "2"}])
def test_match_expressions_and_their_text_agree(operator: str, labels: dict[str, str]):
    values = ["1", "3"] if operator in ("In", "NotIn") else []
    selector = {"matchExpressions": [{"key": "a", "operator": operator, "values": values}]}
    assert selector_test(selector)(labels) is label_test(selector_text(selector))(labels)


def test_fields_that_cannot_be_asked_are_refused():
    pod = {"metadata": {"name": "one", "namespace": "n"}, "spec": {"nodeName": "x"}, "status": {}}
    assert field_test(PODS, "spec.nodeName=x,status.phase!=Running")(pod)
    assert not field_test(PODS, "metadata.name=two")(pod)
    with pytest.raises(Refusal, match=r"field label not supported: spec\.replicas"):
        field_test(PODS, "spec.replicas=1")
