# What the pack's own container rules ask for, for conftest.
package main

kinds := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}

serving := {"Deployment", "StatefulSet"}

pod := input.spec.template.spec if input.kind in kinds

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod := input.spec if input.kind == "Pod"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

place(container) := sprintf("%s %s/%s, container %s", [
	input.kind,
	object.get(input.metadata, "namespace", "default"),
	input.metadata.name,
	container.name,
])

effective(container, path, otherwise) := object.get(
	container,
	array.concat(["securityContext"], path),
	object.get(pod, array.concat(["securityContext"], path), otherwise),
)

deny contains msg if {
	some container in containers
	not regex.match(`^[^\s@]+@sha256:[0-9a-f]{64}$`, container.image)
	msg := sprintf("%s: image must end in a digest", [place(container)])
}

deny contains msg if {
	some container in containers
	some side in ["requests", "limits"]
	some resource in ["cpu", "memory"]
	not container.resources[side][resource]
	msg := sprintf("%s: resources.%s.%s must be set", [place(container), side, resource])
}

deny contains msg if {
	some container in containers
	container.securityContext.privileged
	msg := sprintf("%s: must not be privileged", [place(container)])
}

deny contains msg if {
	some container in containers
	object.get(container, ["securityContext", "allowPrivilegeEscalation"], true) != false
	msg := sprintf("%s: allowPrivilegeEscalation must be false", [place(container)])
}

deny contains msg if {
	some container in containers
	not "ALL" in object.get(container, ["securityContext", "capabilities", "drop"], [])
	msg := sprintf("%s: must drop all capabilities", [place(container)])
}

deny contains msg if {
	some container in containers
	object.get(container, ["securityContext", "readOnlyRootFilesystem"], false) != true
	msg := sprintf("%s: readOnlyRootFilesystem must be true", [place(container)])
}

deny contains msg if {
	input.kind in serving
	some container in pod.containers
	some probe in ["readinessProbe", "livenessProbe"]
	not container[probe]
	msg := sprintf("%s: must have a %s", [place(container), probe])
}

deny contains msg if {
	some container in containers
	effective(container, ["runAsNonRoot"], false) != true
	msg := sprintf("%s: runAsNonRoot must be true", [place(container)])
}

deny contains msg if {
	some container in containers
	effective(container, ["runAsUser"], 1) == 0
	msg := sprintf("%s: runAsUser must not be 0", [place(container)])
}

deny contains msg if {
	some container in containers
	not effective(container, ["seccompProfile", "type"], "") in {"RuntimeDefault", "Localhost"}
	msg := sprintf("%s: must have a seccomp profile", [place(container)])
}

deny contains msg if {
	some container in containers
	some variable in container.env
	regex.match(`(?i)(^|[_.-])(password|passphrase|secret|token|api[_-]?key|private[_-]?key)s?$`, variable.name)
	variable.value
	msg := sprintf("%s: %s must come from a Secret", [place(container), variable.name])
}
