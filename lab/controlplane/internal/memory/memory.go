// Package memory trades memory for time while a program starts, and time for memory from then on.
package memory

import (
	"runtime/debug"
	"time"
)

const (
	whileStarting = 400
	afterwards    = 50
	starting      = 40 * time.Second
)

// FastStart collects rarely at first: half of the processor time of starting an API server is garbage collection
// otherwise. Afterwards an idle lab stays small. It sets no hard limit: one below what a program needs makes it
// collect without end.
func FastStart() {
	debug.SetGCPercent(whileStarting)
	time.AfterFunc(starting, func() {
		debug.SetGCPercent(afterwards)
		debug.FreeOSMemory()
	})
}
