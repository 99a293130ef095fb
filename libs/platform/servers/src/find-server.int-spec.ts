import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServer, serverOnPath } from './find-server.js'
import { installServer } from './install-server.js'

const folder = mkdtempSync(join(tmpdir(), 'kilomega-find-'))
const PATH = folder
/** Debian installs its package there, and the search covers these folders too. */
const whereNotInstalled = existsSync('/usr/sbin/nats-server') || existsSync('/usr/local/sbin/nats-server') ? it.skip : it

function program(name: string, script: string): string {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return join(folder, name)
}
afterEach(() => ['docker', 'nats-server'].forEach((name) => rmSync(join(folder, name), { recursive: true, force: true })))
afterAll(() => rmSync(folder, { recursive: true }))

it('A program on PATH is found before Docker is asked', async () => {
  program('docker', 'exit 0')
  const found = program('nats-server', '')
  expect(await findServer('nats-server', { PATH })).toEqual({ place: 'path', program: found })
})

whereNotInstalled('A folder or a text file of that name is not a program', () => {
  mkdirSync(join(folder, 'nats-server'))
  expect(serverOnPath('nats-server', { PATH })).toBeUndefined()
  rmSync(join(folder, 'nats-server'), { recursive: true })
  writeFileSync(join(folder, 'nats-server'), '', { mode: 0o644 })
  expect(serverOnPath('nats-server', { PATH })).toBeUndefined()
})

whereNotInstalled('Docker is used with an image of an exact version, if its engine answers', async () => {
  const docker = program('docker', 'exit 0')
  expect(await findServer('nats-server', { PATH })).toEqual({ place: 'docker', program: docker, image: 'nats:2.12.7-alpine' })
})

whereNotInstalled('Without both, the command that installs it is named', async () => {
  program('docker', 'exit 1')
  const place = await findServer('nats-server', { PATH })
  expect(place).toEqual({ place: 'nowhere', install: expect.stringMatching(/nats/) })
})

it('A Docker that does not answer is not waited for', async () => {
  program('docker', 'exec sleep 60')
  const startedMs = performance.now()
  await findServer('nats-server', { PATH })
  expect(performance.now() - startedMs).toBeLessThan(10_000)
})

it('KILOMEGA_INSTALL=no forbids the installation, and the command is named', async () => {
  const said: string[] = []
  const work = installServer('nats-server', { say: (line) => said.push(line), environment: { PATH, KILOMEGA_INSTALL: 'no' } })
  await expect(work).rejects.toMatchObject({ problem: 'NOT_FOUND', message: expect.stringMatching(/KILOMEGA_INSTALL=no .*nats/) })
  expect(said).toEqual([])
})
