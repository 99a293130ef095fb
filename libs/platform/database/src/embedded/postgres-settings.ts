import { totalmem } from 'node:os'

const megabyte = 1024 * 1024

/** A quarter of the memory of a small machine, and no more than a product of this size uses. */
const sharedBuffersMb = (): number => Math.max(32, Math.min(256, Math.floor(totalmem() / megabyte / 4)))

const always = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // JIT compilation costs more than it gains for statements shorter than seconds.
  jit: 'off',
  random_page_cost: '1.1',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
}

const durableOnly = () => ({
  shared_buffers: `${sharedBuffersMb()}MB`,
  effective_cache_size: `${sharedBuffersMb() * 3}MB`,
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
})

/** A crash of the machine destroys such a cluster; a crash of the process does not. */
const fastOnly = {
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
}

/** The settings as command-line arguments, so that they are always those of this version, whatever an earlier version wrote into the folder. */
export function postgresArguments(port: number, durable: boolean): string[] {
  const settings = { ...always, port: String(port), ...(durable ? durableOnly() : fastOnly) }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
