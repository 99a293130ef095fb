import { spawn } from 'node:child_process'

/** A shell outlives any crash of the test process, needs none of our code, and costs 1 MB. A paused server reacts to SIGTERM only after SIGCONT. */
const script = `
  while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 1; done
  [ -d "$2" ] || exit
  server=$(head -n 1 "$2/server/pid" 2>/dev/null)
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null; kill -CONT "$server" 2>/dev/null
    tries=0
    while kill -0 "$server" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -KILL "$server" 2>/dev/null
  fi
  [ -e "$2/kept" ] || rm -rf "$2"`

/** Stops the server in the subfolder `server` and removes the folder when a process has ended, however it ended. If the folder contains a file `kept`, it stays. */
export function stopServerAfter(pid: number, folder: string): void {
  spawn('/bin/sh', ['-c', script, 'keeper', String(pid), folder], { detached: true, stdio: 'ignore', cwd: '/' }).unref()
}
