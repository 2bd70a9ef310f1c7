"""Tags that name an owner, and tags that only look so."""

import pytest

from backends.aws_owners import owner_by, tags_of

TERRAFORM = [
    {"ManagedBy": "terraform"},
    {"managed-by": "Terraform"},
    {"managed_by": "terraform-cloud"},
    {"Terraform": "true"},
    {"terraform": "yes"},
    {"Provisioner": "Terraform"},
    {"CreatedBy": "terraform"},
    {"iac": "terragrunt"},
]
NOBODY = [
    {},
    {"team": "terraform"},
    {"Name": "terraform-runner"},
    {"ManagedBy": "ana"},
    {"Terraform": "false"},
    {"ManagedBy": ""},
    {"cloudformation:stack-name": "shop"},
]


@pytest.mark.parametrize("tags", TERRAFORM, ids=str)
def test_what_teams_write_for_terraform_is_understood(tags: dict[str, str]):
    owner = owner_by(tags)
    assert owner is not None
    assert owner.who.startswith("Terraform (so says the tag ")


def test_opentofu_has_its_own_name():
    owner = owner_by({"managedby": "opentofu"})
    assert owner is not None
    assert owner.who == "OpenTofu (so says the tag managedby=opentofu)"


@pytest.mark.parametrize("tags", NOBODY, ids=str)
def test_a_tag_that_says_nothing_of_a_tool_names_nobody(tags: dict[str, str]):
    assert owner_by(tags) is None


def test_cloudformation_comes_first_as_nobody_else_can_set_its_tags():
    owner = owner_by({"ManagedBy": "terraform", "aws:cloudformation:stack-name": "shop"})
    assert owner is not None
    assert owner.who == "CloudFormation (stack shop)"


def test_tags_come_in_the_words_of_each_api():
    assert tags_of([{"Key": "a", "Value": "b"}, {"Key": "c"}]) == {"a": "b", "c": ""}
    assert tags_of([{"key": "a", "value": "b"}], "key", "value") == {"a": "b"}
