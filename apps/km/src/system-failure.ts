const ofOtherUser = (path: string): string => `${path} cannot be used by this user: change its owner, or remove it with the user who made it`

/** One line for an error of the operating system: where it happened, and what to do. Undefined for any other error. */
export function systemFailureText(error: unknown): string | undefined {
  const { code, path, syscall, message } = (error ?? {}) as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return undefined
  if (syscall === 'kill' && code === 'EPERM') return 'A process of another user runs here: end it as the user who started it'
  if (code === 'EACCES' || code === 'EPERM') return ofOtherUser(path ?? '.kilomega')
  // An error without a path comes from a connection, unless a folder was read as a file.
  if (path === undefined) return ofDisk[code]?.('.kilomega') ?? (code === 'EISDIR' ? `A file cannot be used: ${message}` : undefined)
  return ofDisk[code]?.(path) ?? `${path} cannot be used: ${message}`
}

const ofDisk: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: () => 'The disk is full: make room and start again',
  EDQUOT: () => 'This user may use no more of the disk: make room and start again',
  EROFS: (path) => `${path} is on a disk that cannot be written: set KILOMEGA_FOLDER to a folder elsewhere`,
  EMFILE: () => 'Too many files are open: raise the limit with ulimit -n',
  ENFILE: () => 'Too many files are open on this machine',
  ENOENT: (path) => `${path} is not there`,
  ENOTDIR: (path) => `${path} cannot be used: a file is where a folder should be`,
}
