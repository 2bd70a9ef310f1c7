"""Who keeps a workload as it is written elsewhere, found by the marks that they leave on it."""

from dataclasses import dataclass
from typing import Literal

from backends.kubernetes.api import KubernetesApi
from backends.kubernetes.target import Json, KubernetesTarget, part
from backends.owners import OwnerWords
from model.plan import Warning
from model.ports.backend import BackendError

TRACKING = "argocd.argoproj.io/tracking-id"
INSTANCE = "app.kubernetes.io/instance"
ARGO_INSTANCE = "argocd.argoproj.io/instance"
MANAGED = "app.kubernetes.io/managed-by"
RELEASE = "meta.helm.sh/release-name"
KUSTOMIZATION = "kustomize.toolkit.fluxcd.io/name"
FLUX_RELEASE = "helm.toolkit.fluxcd.io/name"


@dataclass(frozen=True)
class Owner:
    """Who owns a workload. name: its Application, Kustomization or release.

    heals: whether it is known to put back what others change; None where that is not known.
    """

    kind: Literal["Argo CD", "Flux", "Helm"]
    thing: str
    name: str
    heals: bool | None = None

    @property
    def said(self) -> str:
        """Such as `Argo CD (application shop)`."""
        return f"{self.kind} ({self.thing} {self.name})"

    @property
    def caution(self) -> Warning:
        """What it will do about a change, and what to do for good."""
        return OwnerWords(self.said, self._does, self._for_good, is_alone=self.kind != "Helm").caution

    @property
    def _does(self) -> str:
        match self.kind:
            case "Argo CD" if self.heals:
                return "owns it and heals itself: it will put this back within minutes"
            case "Argo CD" if self.heals is False:
                return "owns it: self-heal is off, so the next sync will put this back"
            case "Argo CD":
                return "owns it and may put this back at any time; whether it heals itself is not known"
            case "Flux":
                return "owns it and will put this back at its next reconciliation"
            case "Helm":
                return "owns it: the next upgrade or rollback of the release may put this back"

    @property
    def _for_good(self) -> str:
        match self.kind:
            case "Argo CD":
                return "For good: change it in the application's repository."
            case "Flux":
                held = "helmrelease" if self.thing == "HelmRelease" else "kustomization"
                return f"For good: change it in its repository; until then: flux suspend {held} {self.name}"
            case "Helm":
                return "For good: change the release's values."


def owner_of(item: Json) -> Owner | None:
    """The owner that the workload's own labels and annotations name; the one that acts by itself first."""
    labels, notes = part(item, "metadata", "labels"), part(item, "metadata", "annotations")
    tracked, _, what = str(notes.get(TRACKING) or "").partition(":")
    if tracked and what.endswith(f":{item['metadata'].get('namespace')}/{item['metadata']['name']}"):
        return Owner("Argo CD", "application", tracked)  # an id copied from another object owns nothing
    if named := labels.get(ARGO_INSTANCE):
        return Owner("Argo CD", "application", str(named))
    if str(labels.get(MANAGED) or "").casefold() in {"argocd", "argo-cd"} and labels.get(INSTANCE):
        return Owner("Argo CD", "application", str(labels[INSTANCE]))
    if named := labels.get(FLUX_RELEASE):
        return Owner("Flux", "HelmRelease", str(named))
    if named := labels.get(KUSTOMIZATION):
        return Owner("Flux", "Kustomization", str(named))
    if notes.get(RELEASE) or labels.get(MANAGED) == "Helm":
        return Owner("Helm", "release", str(notes.get(RELEASE) or labels.get(INSTANCE) or "unnamed"))
    return None


async def found_owner(api: KubernetesApi, target: KubernetesTarget, item: Json) -> Owner | None:
    """The owner, and for Argo CD whether it heals itself, where its Application may be read."""
    owner = owner_of(item)
    if owner is None or owner.kind != "Argo CD":
        return owner
    # Applications outside Argo CD's own namespace are tracked as NAMESPACE_NAME.
    namespace, _, name = owner.name.rpartition("_")
    namespace = namespace or target.argocd_namespace or "argocd"
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/applications/{name}"
    try:
        application = await api.get(path)
    except BackendError:
        return owner  # it is said that this is not known
    automated = part(application, "spec", "syncPolicy", "automated")
    heals = bool(automated.get("selfHeal")) and automated.get("enabled", True) is not False
    return Owner(owner.kind, owner.thing, name, heals)
