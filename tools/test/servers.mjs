// The servers that tests need besides PostgreSQL. Found or installed before nx runs, so that each test file only has to look them up.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Stop } from '../start/repository.mjs'
import { step } from '../start/step.mjs'
import { suitesWith } from './suites.mjs'

const servers = [
  {
    name: 'nats-server',
    urlVariable: 'KILOMEGA_TEST_NATS_URL',
    suites: { any: /describeWith(Own)?Nats(AndRedis)?\(|\[needs nats-server\]/, own: /describeWithOwnNats(AndRedis)?\(|\[needs nats-server\]/ },
    /** Targets that start their own server in every file. */
    targets: ['e2e-search-remote', 'e2e-all-remote'],
    debian: 'nats-server',
    other: process.platform === 'darwin' ? 'brew install nats-server' : 'https://nats.io/download',
  },
  {
    name: 'redis-server',
    suites: { any: /describeWith(OwnNatsAnd)?Redis\(|missingRedis\(|\[needs redis-server\]/ },
    targets: [],
    debian: 'redis-server',
    other: process.platform === 'darwin' ? 'brew install redis' : 'https://redis.io/downloads',
  },
]

/** Debian installs servers where the PATH of ordinary users does not look. */
const foldersOutsidePath = ['/usr/sbin', '/usr/local/sbin']
const dockerAnswersWithinMs = 3_000
const installedWithinSeconds = 180

/** Looks for a server by URL, on PATH, in Docker, or installs Debian's package; if all fail, one line says which suites are skipped. Returns the targets that cannot run. */
export async function provideServers() {
  const missing = []
  for (const server of servers) {
    const given = Boolean(server.urlVariable && process.env[server.urlVariable])
    if (onPath(server.name) || dockerAnswers() || (!given && (await install(server)))) continue
    const suites = suitesWith(given ? server.suites.own : server.suites.any)
    missing.push(...server.targets)
    console.log(skipLine(server, [...suites, ...server.targets]))
  }
  return missing
}

function onPath(command) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...foldersOutsidePath]
  return folders.some((folder) => folder !== '' && isProgram(join(folder, command)))
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Tests read this answer, because asking takes up to 3 s. */
function dockerAnswers() {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: dockerAnswersWithinMs, killSignal: 'SIGKILL' })
    process.env.KILOMEGA_TEST_DOCKER = 'yes'
    return true
  } catch {
    return false
  }
}

/** Tests pass without it, so a failed installation stops nothing. */
async function install({ name, debian }) {
  if (process.env.KILOMEGA_INSTALL === 'no' || !hasApt() || process.getuid() !== 0) return false
  const apt = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${debian}`
  try {
    await step(`Installing Debian's package ${debian} for the tests (KILOMEGA_INSTALL=no forbids it)`, 'timeout', [
      String(installedWithinSeconds),
      'sh',
      '-c',
      apt,
    ])
    return onPath(name)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    console.log(error.message)
    return false
  }
}

const hasApt = () => process.platform === 'linux' && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')

function skipLine({ name, urlVariable, debian, other }, suites) {
  const command = hasApt() ? `apt-get install -y ${debian}` : other
  const byUrl = urlVariable === undefined ? '' : `, or set ${urlVariable}`
  return `Skipped because ${name} is not there: ${suites.join(', ')}. To run them: ${command}${byUrl}`
}
