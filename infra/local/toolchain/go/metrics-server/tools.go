//go:build tools

// Package tools pins metrics-server, which the HPA and `kubectl top` read.
package tools

import _ "sigs.k8s.io/metrics-server/cmd/metrics-server"
