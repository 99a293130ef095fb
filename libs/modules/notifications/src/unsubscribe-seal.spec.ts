import { loadConfig, MemorySecretStore } from '@kilomega/config'
import { NotificationsConfig } from './notifications.config.js'
import { UnsubscribeSeal } from './unsubscribe-seal.js'

const accountId = '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10'
const newSeal = () => new UnsubscribeSeal(loadConfig([NotificationsConfig], {}, new MemorySecretStore()).get(NotificationsConfig))

describe('a token for unsubscribing', () => {
  const seal = newSeal()
  const token = seal.seal({ accountId, type: 'media-ready' })

  it('contains account and type', () => {
    expect(seal.open(token)).toEqual({ accountId, type: 'media-ready' })
  })

  it('is refused for another type or another account', () => {
    expect(seal.open(token.replace('media-ready', 'welcome'))).toBeUndefined()
    expect(seal.open(token.replace(/^0/, '1'))).toBeUndefined()
  })

  it('is refused with one character changed, added or taken away', () => {
    for (let at = 0; at < token.length; at += 1) {
      expect(seal.open(`${token.slice(0, at)}${token[at] === 'x' ? 'y' : 'x'}${token.slice(at + 1)}`)).toBeUndefined()
      expect(seal.open(token.slice(0, at) + token.slice(at + 1))).toBeUndefined()
    }
    for (const other of ['', '.', '..', `${token}=`, `${token}.`, `.${token}`]) expect(seal.open(other)).toBeUndefined()
  })

  it('is invalid under another key', () => {
    expect(newSeal().open(token)).toBeUndefined()
  })

  it('needs no encoding in a URL', () => {
    expect(encodeURIComponent(token)).toBe(token)
    expect(token.length).toBeLessThan(200)
  })
})
