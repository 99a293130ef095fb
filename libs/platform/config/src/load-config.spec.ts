import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { z } from 'zod'
import { ConfigError } from './config-error.js'
import { config, variableOf } from './config-slice.js'
import { booleanField, listField, numberField, portField } from './fields.js'
import { type Environment, loadConfig } from './load-config.js'
import { stage } from './process-environment.js'
import { givenSecret, secret, secretOutsideProduction } from './secret.js'
import { FileSecretStore, MemorySecretStore, type SecretStore } from './secret-store.js'

abstract class ShipConfig extends config('SHIP', {
  masts: numberField({ min: 1, max: 5 }).default(3).describe('How many masts'),
  homePort: portField().optional().describe('Where it lies'),
  armed: booleanField().default(false).describe('Whether it has guns'),
  crew: listField().default([]).describe('Names'),
  signalKey: secret().describe('The key of the signal book'),
}) {}

const key = 'a-signal-key-of-some-length'
const load = (environment: Environment, secrets: SecretStore = new MemorySecretStore()) =>
  loadConfig([ShipConfig], environment, secrets).get(ShipConfig)
const problemsOf = (environment: Environment): string[] => {
  try {
    loadConfig([ShipConfig], environment)
  } catch (error) {
    return (error as ConfigError).problems.map(({ variable, message }) => `${variable}: ${message}`)
  }
  return []
}

describe('a configuration', () => {
  it('is read from the environment, with defaults, as values of the right type', () => {
    const ship = load({ SHIP_MASTS: '4', SHIP_HOME_PORT: '80', SHIP_ARMED: 'yes', SHIP_CREW: 'ann, bob,', SHIP_SIGNAL_KEY: key })
    expect({ ...ship, signalKey: ship.signalKey.reveal() }).toEqual({ masts: 4, homePort: 80, armed: true, crew: ['ann', 'bob'], signalKey: key })
    expect(load({})).toMatchObject({ masts: 3, armed: false, crew: [] })
  })

  it('cannot be changed', () => {
    expect(() => Object.assign(load({}), { masts: 1 })).toThrow()
  })

  it('names everything that is wrong at once, and shows no values', () => {
    const problems = problemsOf({ SHIP_MASTS: '9', SHIP_ARMED: 'perhaps', SHIP_SIGNAL_KEY: 'short-secret' })
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['SHIP_MASTS', 'SHIP_ARMED', 'SHIP_SIGNAL_KEY'])
    expect(problems.join()).not.toContain('short-secret')
  })

  it('refuses a variable that starts like a slice but is not one of its fields, and lists the fields', () => {
    expect(problemsOf({ SHIP_MAST: '3', SHIP_SIGNAL_KEY: key })).toEqual([
      'SHIP_MAST: unknown setting; known are SHIP_ARMED, SHIP_CREW, SHIP_HOME_PORT, SHIP_MASTS, SHIP_SIGNAL_KEY, SHIP_SIGNAL_KEY_FILE',
    ])
    expect(problemsOf({ OTHER_MASTS: '1', SHIP_SIGNAL_KEY: key })).toEqual([])
  })

  it('ignores what Kubernetes sets for a Service of the same name', () => {
    abstract class HttpConfig extends config('HTTP', { port: portField().default(3_000).describe('Where it listens') }) {}
    const service = (name: string, address: string, port: number) => ({
      [`${name}_SERVICE_HOST`]: address,
      [`${name}_SERVICE_PORT`]: String(port),
      [`${name}_SERVICE_PORT_CLIENT`]: String(port),
      [`${name}_SERVICE_PORT_HTTP_METRICS`]: '8222',
      [`${name}_PORT`]: `tcp://${address}:${port}`,
      [`${name}_PORT_${port}_TCP`]: `tcp://${address}:${port}`,
      [`${name}_PORT_${port}_TCP_PROTO`]: 'tcp',
      [`${name}_PORT_${port}_TCP_PORT`]: String(port),
      [`${name}_PORT_${port}_TCP_ADDR`]: address,
      [`${name}_PORT_53_UDP`]: `udp://${address}:53`,
    })
    const environment = {
      ...service('SHIP', '10.0.0.7', 4222),
      ...service('SHIP_HOME', 'fd00::7', 80),
      ...service('HTTP', '10.0.0.1', 80),
      SHIP_SIGNAL_KEY: key,
    }
    const values = loadConfig([ShipConfig, HttpConfig], environment)
    expect(values.get(ShipConfig)).toMatchObject({ masts: 3 })
    expect(values.get(ShipConfig).homePort).toBeUndefined()
    expect(values.get(HttpConfig).port).toBe(3_000)
  })

  it.each(['SHIP_PORT', 'SHIP_HOMEPORT', 'SHIP_SERVICE', 'SHIP_SERVICE_HOSTS', 'SHIP_PORT_TCP', 'SHIP_PORT_80', 'SHIP_HOME_PORT_FILE', 'SHIP_HOST'])(
    'refuses %s, which only looks like a Kubernetes variable',
    (variable) => {
      expect(problemsOf({ [variable]: '80', SHIP_SIGNAL_KEY: key })).toEqual([expect.stringContaining(`${variable}: unknown setting`)])
    },
  )

  it('is loaded per process: a slice that was not loaded is a programming error', () => {
    abstract class OtherConfig extends config('OTHER', {}) {}
    expect(() => loadConfig([ShipConfig], { SHIP_SIGNAL_KEY: key }).get(OtherConfig)).toThrow('OTHER was not loaded')
  })
})

describe('a secret', () => {
  it('never prints', () => {
    const { signalKey } = load({ SHIP_SIGNAL_KEY: key })
    expect([String(signalKey), JSON.stringify({ signalKey }), inspect(signalKey, { showHidden: true })].join()).not.toContain(key)
  })

  it('has no default if there is no store to keep it', () => {
    expect(problemsOf({})).toEqual(['SHIP_SIGNAL_KEY: is not set. The key of the signal book. To make one: km secrets generate'])
  })

  it('may come from a file, and names the file if it cannot be read', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'key')
    writeFileSync(file, `${key}\n`)
    expect(load({ SHIP_SIGNAL_KEY_FILE: file }).signalKey.reveal()).toBe(key)
    writeFileSync(file, `\uFEFF${key}\r\n`)
    expect(load({ SHIP_SIGNAL_KEY_FILE: file }).signalKey.reveal()).toBe(key)
    expect(problemsOf({ SHIP_SIGNAL_KEY_FILE: `${file}-absent` })[0]).toContain('SHIP_SIGNAL_KEY_FILE: ENOENT')
  })

  it('that is set twice, as a value and as a file, is refused with both names: one of them is outdated', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'key')
    writeFileSync(file, key)
    const both = 'SHIP_SIGNAL_KEY: is given twice, by SHIP_SIGNAL_KEY and by SHIP_SIGNAL_KEY_FILE: leave one of them out'
    expect(problemsOf({ SHIP_SIGNAL_KEY: key, SHIP_SIGNAL_KEY_FILE: file })).toEqual([both])
    expect(problemsOf({ SHIP_SIGNAL_KEY: key, SHIP_SIGNAL_KEY_FILE: `${file}-absent` })).toEqual([both])
    expect(load({ SHIP_SIGNAL_KEY: key, SHIP_SIGNAL_KEY_FILE: '' }).signalKey.reveal()).toBe(key)
    expect(load({ SHIP_SIGNAL_KEY: '', SHIP_SIGNAL_KEY_FILE: file }).signalKey.reveal()).toBe(key)
  })

  it('is generated once and readable only by its owner', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'secrets-')), 'secrets')
    const first = load({}, new FileSecretStore(folder)).signalKey.reveal()
    expect(load({}, new FileSecretStore(folder)).signalKey.reveal()).toBe(first)
    expect(statSync(join(folder, 'SHIP_SIGNAL_KEY')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })
})

describe('a secret that cannot be generated', () => {
  abstract class RadioConfig extends config('RADIO', { url: givenSecret(z.string().regex(/^radio:/)).describe('Where to call') }) {}

  it('has to be set, as a value or as a file', () => {
    expect(loadConfig([RadioConfig], { RADIO_URL: 'radio:1' }).get(RadioConfig).url.reveal()).toBe('radio:1')
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'url')
    writeFileSync(file, 'radio:2')
    expect(loadConfig([RadioConfig], { RADIO_URL_FILE: file }).get(RadioConfig).url.reveal()).toBe('radio:2')
    expect(() => loadConfig([RadioConfig], {}, new FileSecretStore(tmpdir()))).toThrow('RADIO_URL')
  })
})

describe('a setting that is missing', () => {
  abstract class PortConfig extends config('PORT', {
    pilot: z.string().describe('Who leads ships in'),
    light: givenSecret(z.string()).describe('Where the light is'),
    mail: secretOutsideProduction('smtp://localhost').describe('Where mails go'),
    flag: z
      .string()
      .default('none')
      .refine((flag) => flag !== 'none', 'a port has a flag')
      .describe('What is flown'),
    word: secret().optional().describe('Who may pass'),
    key: secret().describe('Opens the gate'),
  }) {}

  it('is named with its description, and with the command that generates it if there is one', () => {
    expect(() => loadConfig([PortConfig], {})).toThrow(
      [
        'The configuration is not valid:',
        '  PORT_PILOT: is not set. Who leads ships in',
        '  PORT_LIGHT: is not set. Where the light is',
        '  PORT_MAIL: is not set. Where mails go',
        '  PORT_FLAG: a port has a flag. What is flown',
        '  PORT_KEY: is not set. Opens the gate. To make one: km secrets generate',
      ].join('\n'),
    )
  })

  it('without a default in production has one elsewhere', () => {
    const environment = { PORT_PILOT: 'ann', PORT_LIGHT: 'west', PORT_FLAG: 'blue' }
    const { mail } = loadConfig([PortConfig], environment, new MemorySecretStore()).get(PortConfig)
    expect(mail.reveal()).toBe('smtp://localhost')
  })
})

describe('a slice', () => {
  it('names its variables after itself and the field', () => {
    expect(variableOf('HTTP', 'publicUrl')).toBe('HTTP_PUBLIC_URL')
  })

  it('is one upper case word whose fields all have a description', () => {
    expect(() => config('ship', {})).toThrow('upper case')
    expect(() => config('SHIP', { masts: z.string() })).toThrow('no description')
  })
})

describe('the stage', () => {
  it('is development by default, and must be a known one', () => {
    expect(stage({})).toBe('development')
    expect(stage({ NODE_ENV: 'production' })).toBe('production')
    expect(() => stage({ NODE_ENV: 'staging' })).toThrow('not one of development, test, production')
  })
})
