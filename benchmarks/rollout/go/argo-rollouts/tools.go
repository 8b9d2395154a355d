//go:build tools

// Package tools pins Argo Rollouts, a peer of the rollout.
package tools

import _ "github.com/argoproj/argo-rollouts/cmd/rollouts-controller"
