//go:build tools

// Package tools pins Helm 3, a peer of the rollout.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
