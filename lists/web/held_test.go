package web

import (
	"context"

	"plenary/lists"
)

func (nowhere) PostHeld(context.Context, lists.HeldPost, []byte) error { return nil }
