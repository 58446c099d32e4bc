package store_test

import (
	"errors"
	"testing"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// A deputy may do what leaders do, is told apart from them, comes after them,
// and is made a leader but never the other way round.
func TestDeputies(t *testing.T) {
	ctx, s := t.Context(), open(t, redistest.New(t), newClock())
	coalition(t, s)
	const mainID, mapsID = "dc", "dc-maps"
	for _, m := range []lists.NewMember{{Address: "bo@x.example", Deputy: true}, {Address: "ana@x.example", Leader: true}, {Address: "cy@x.example"}} {
		if _, _, err := s.Subscribe(ctx, mapsID, m); err != nil {
			t.Fatal(err)
		}
	}
	officers := func() (leaders, deputies []lists.Person) {
		all, _, err := s.Officers(ctx, mapsID)
		if err != nil {
			t.Fatal(err)
		}
		return lists.Leading(all, mapsID)
	}
	leaders, deputies := officers()
	if len(leaders) != 1 || leaders[0].Address != "ana@x.example" || len(deputies) != 1 || deputies[0].Address != "bo@x.example" {
		t.Fatalf("leaders %v, deputies %v", leaders, deputies)
	}
	if sub, _ := deputies[0].Sub(mapsID); !sub.Leader || len(sub.Roles()) != 2 || sub.Roles()[1] != lists.RoleDeputy {
		t.Errorf("a deputy is %+v, %v", sub, sub.Roles())
	}
	// A leader stays one; a deputy who is made a leader is no deputy any more.
	for _, m := range []lists.NewMember{{Address: "ana@x.example", Deputy: true}, {Address: "bo@x.example", Leader: true}} {
		if _, _, err := s.Subscribe(ctx, mapsID, m); err != nil {
			t.Fatal(err)
		}
	}
	if leaders, deputies = officers(); len(leaders) != 2 || len(deputies) != 0 {
		t.Errorf("leaders %v, deputies %v", leaders, deputies)
	}
	var no *lists.Refusal
	if _, _, err := s.Subscribe(ctx, mainID, lists.NewMember{Address: "cy@x.example", Deputy: true}); !errors.As(err, &no) {
		t.Errorf("a main list took a deputy: %v", err)
	}
}
