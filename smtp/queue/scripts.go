package queue

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// The scripts. Each opens with its KEYS, its ARGV and its result; one that
// can settle a post begins with settle.lua, one that reads who is handled of a
// chunk with handled.lua.
var (
	//go:embed lua/accept.lua
	acceptLua string
	//go:embed lua/claim.lua
	claimLua string
	//go:embed lua/renew.lua
	renewLua string
	//go:embed lua/dead.lua
	deadLua string

	//go:embed lua/send.lua
	sendLua string
	//go:embed lua/letteropen.lua
	letterOpenLua string
	//go:embed lua/lettersave.lua
	letterSaveLua string
	//go:embed lua/letterdue.lua
	letterDueLua string
	//go:embed lua/settle.lua
	settleLua string
	//go:embed lua/plan.lua
	planLua string
	//go:embed lua/handled.lua
	handledLua string
	//go:embed lua/chunkopen.lua
	chunkOpenLua string
	//go:embed lua/lateopen.lua
	lateOpenLua string
	//go:embed lua/save.lua
	saveLua string
	//go:embed lua/saves.lua
	savesLua string
	//go:embed lua/due.lua
	dueLua string
	//go:embed lua/hasten.lua
	hastenLua string
	//go:embed lua/inboundlist.lua
	inboundListLua string
	//go:embed lua/revive.lua
	reviveLua string
	//go:embed lua/dropinbound.lua
	dropInboundLua string
	//go:embed lua/droppost.lua
	dropPostLua string
	//go:embed lua/untried.lua
	untriedLua string
	//go:embed lua/droplate.lua
	dropLateLua string
	//go:embed lua/dropletter.lua
	dropLetterLua string

	acceptScript = redis.NewScript(acceptLua)
	claimScript  = redis.NewScript(claimLua)
	renewScript  = redis.NewScript(renewLua)
	deadScript   = redis.NewScript(deadLua)

	sendScript       = redis.NewScript(sendLua)
	letterOpenScript = redis.NewScript(letterOpenLua)
	letterSaveScript = redis.NewScript(letterSaveLua)
	letterDueScript  = redis.NewScript(letterDueLua)

	planScript      = redis.NewScript(settleLua + planLua)
	chunkOpenScript = redis.NewScript(handledLua + chunkOpenLua)
	lateOpenScript  = redis.NewScript(lateOpenLua)
	saveScript      = redis.NewScript(settleLua + saveLua)
	savesScript     = redis.NewScript(savesLua)
	dueScript       = redis.NewScript(dueLua)

	hastenScript = redis.NewScript(hastenLua)

	inboundListScript = redis.NewScript(inboundListLua)
	reviveScript      = redis.NewScript(reviveLua)
	dropInboundScript = redis.NewScript(dropInboundLua)
	dropPostScript    = redis.NewScript(settleLua + dropPostLua)
	untriedScript     = redis.NewScript(handledLua + untriedLua)
	dropLateScript    = redis.NewScript(settleLua + dropLateLua)
	dropLetterScript  = redis.NewScript(dropLetterLua)
)
