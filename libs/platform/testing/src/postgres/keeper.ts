import { spawn } from 'node:child_process'

/** A shell outlives any crash of the test process, needs none of our code, and costs 1 MB. */
const script = `
  while kill -0 "$1" 2>/dev/null; do sleep 1; done
  real=$(readlink -f "$2")
  kill -INT "$(head -n 1 "$real/data/postmaster.pid")" 2>/dev/null
  [ -e "$real/kept" ] && exit
  while [ -e "$real/data/postmaster.pid" ]; do sleep 0.1; done
  rm -rf "$real" "$2"`

/** Stops the server in a folder and removes the folder when a process has ended, however it ended. If the folder contains a file `kept`, it stays. */
export function stopAfter(pid: number, folder: string): void {
  spawn('/bin/sh', ['-c', script, 'keeper', String(pid), folder], { detached: true, stdio: 'ignore', cwd: '/' }).unref()
}
