//go:build tools

// Package tools pins kube-score, a peer of the policy check.
package tools

import _ "github.com/zegl/kube-score/cmd/kube-score"
