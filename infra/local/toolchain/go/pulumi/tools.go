//go:build tools

// Package tools pins the Pulumi engine and the helpers its Python programs need.
package tools

import (
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
)
