import { createHash } from 'node:crypto'
import { ApiWorld } from './api-world.js'
import { here, Reader, type Visit } from './page-visit.js'
import { shapes } from './shape.js'

const [first, second] = ['the first of all passwords', 'the second of all passwords']
const subjects = { verify: 'Confirm your address for Kilomega', reset: 'Choose a new password', welcome: 'Welcome to Kilomega' }
const brokenLink = 'This link does not work'

let world: ApiWorld
let readers = 0
beforeAll(async () => {
  world = await ApiWorld.open({ HTTP_LOG_EVERY: '1', LOG_LEVEL: 'debug' })
}, 180_000)
afterAll(() => world.close())

/** A reader who has registered and not confirmed the address. */
async function registered(): Promise<Reader> {
  const reader = new Reader(world, `reader-${(readers += 1)}@example.org`)
  await world.send('POST', '/v1/accounts', { body: { email: reader.email, password: first, name: 'Ada' } })
  return reader
}

async function verified(): Promise<Reader> {
  const reader = await registered()
  await reader.press(await reader.open(await reader.linkIn(subjects.verify, 'verify')))
  return reader
}

async function forgetful(): Promise<{ reader: Reader; link: URL }> {
  const reader = await verified()
  await world.send('POST', '/v1/password-resets', { body: { email: reader.email } })
  return { reader, link: await reader.linkIn(subjects.reset, 'reset') }
}

const overdue = {
  registration: `UPDATE identity.registration SET expires_at = now() - interval '1 second'`,
  reset: `UPDATE identity.password_reset SET expires_at = now() - interval '1 second'`,
}
const expire = (what: keyof typeof overdue) => world.database.database.write((transaction) => transaction.query(overdue[what]))

async function wantsWelcomes(reader: Reader): Promise<boolean> {
  const { token } = await reader.logIn(first)
  const { body } = await world.send('GET', '/v1/notification-preferences', { token })
  return (body as { welcome: { email: boolean } }).welcome.email
}

const show = ({ status, title }: Visit) => [status, title]

describe('the link that confirms an address', () => {
  it('changes nothing however often it is opened, and confirms the address when the button is pressed', async () => {
    const reader = await registered()
    const link = await reader.linkIn(subjects.verify, 'verify')
    const pages = [await reader.open(link), await reader.open(link), await reader.open(link, 'HEAD')]
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await reader.logIn(first)).status).toBe(401)
    expect(show(await reader.press(pages[1]!))).toEqual([200, 'Your address is confirmed'])
    expect((await reader.logIn(first)).status).toBe(201)
  })

  it('works once', async () => {
    const reader = await registered()
    const page = await reader.open(await reader.linkIn(subjects.verify, 'verify'))
    await reader.press(page)
    expect(show(await reader.press(page))).toEqual([400, brokenLink])
  })

  it('does not work after it has expired', async () => {
    const reader = await registered()
    const page = await reader.open(await reader.linkIn(subjects.verify, 'verify'))
    await expire('registration')
    expect(show(await reader.press(page))).toEqual([400, brokenLink])
    expect((await reader.logIn(first)).status).toBe(401)
  })
})

describe('the link for a new password', () => {
  it('changes nothing however often it is opened, and sets the password once', async () => {
    const { reader, link } = await forgetful()
    const pages = [await reader.open(link), await reader.open(link)]
    expect(pages.map(show)).toEqual([
      [200, 'Choose a new password'],
      [200, 'Choose a new password'],
    ])
    const { token } = await reader.logIn(first)
    const filled = { password: second, repeated: second }
    expect(show(await reader.press(pages[0]!, filled))).toEqual([200, 'Your password is changed'])
    expect([(await reader.logIn(first)).status, (await reader.logIn(second)).status]).toEqual([401, 201])
    expect((await world.send('GET', '/v1/me', { token })).status).toBe(401)
    expect(show(await reader.press(pages[1]!, filled))).toEqual([400, brokenLink])
  })

  it('asks again, with the reason, after a password that is refused, and still works', async () => {
    const { reader, link } = await forgetful()
    const page = await reader.open(link)
    const refusals: [filled: Record<string, string>, reason: RegExp][] = [
      [{ password: 'short', repeated: 'short' }, /8 to 256 characters/],
      [{ password: 'x'.repeat(257), repeated: 'x'.repeat(257) }, /8 to 256 characters/],
      [{}, /8 to 256 characters/],
      [{ password: second, repeated: first }, /not the same/],
      [{ password: 'password1', repeated: 'password1' }, /easy to guess.*Choose another one/],
    ]
    for (const [filled, reason] of refusals) {
      const again = await reader.press(page, filled)
      expect(show(again)).toEqual([400, 'Choose a new password'])
      expect(/<p class="wrong" id="wrong" role="alert">(.*?)<\/p>/.exec(again.html)![1]).toMatch(reason)
      expect(again.form!.fields.toString()).toBe(page.form!.fields.toString())
      if (filled['password'] !== undefined) expect(again.html).not.toContain(`"${filled['password']}"`)
    }
    expect((await reader.press(page, { password: second, repeated: second })).status).toBe(200)
  })

  it('does not work after it has expired', async () => {
    const { reader, link } = await forgetful()
    const page = await reader.open(link)
    await expire('reset')
    expect(show(await reader.press(page, { password: second, repeated: second }))).toEqual([400, brokenLink])
    expect((await reader.logIn(first)).status).toBe(201)
  })
})

describe('the link for unsubscribing', () => {
  it('changes nothing however often it is opened, and ends mails of its type when the button is pressed', async () => {
    const reader = await verified()
    const link = await reader.linkIn(subjects.welcome, 'unsubscribe')
    const pages = [await reader.open(link), await reader.open(link), await reader.open(link, 'HEAD')]
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await wantsWelcomes(reader)).toBe(true)
    for (let times = 0; times < 2; times += 1) expect(show(await reader.press(pages[0]!))).toEqual([200, 'These mails have stopped'])
    expect(await wantsWelcomes(reader)).toBe(false)
  })

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data'])('works for a mail program, which sends %s in one click', async (type) => {
    const reader = await verified()
    const { headers } = await reader.mail(subjects.welcome)
    expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    const form = type === 'multipart/form-data' ? new FormData() : new URLSearchParams()
    form.set('List-Unsubscribe', 'One-Click')
    const url = here(world, /^<(.*)>$/.exec(headers['List-Unsubscribe']!)![1]!)
    const response = await fetch(url, { method: 'POST', body: form, redirect: 'error' })
    expect(response.status).toBe(200)
    expect(await wantsWelcomes(reader)).toBe(false)
  })

  it('is in no mail that an account needs', async () => {
    const { reader } = await forgetful()
    for (const subject of [subjects.verify, subjects.reset]) {
      const { text, html, headers } = await reader.mail(subject)
      expect(`${text}${html}${Object.keys(headers).join()}`).not.toMatch(/unsubscribe/i)
    }
  })

  it('works only for the type that it was made for', async () => {
    const reader = await verified()
    const link = await reader.linkIn(subjects.welcome, 'unsubscribe')
    for (const change of [(text: string) => text.replace('welcome', 'media-ready'), (text: string) => text.slice(0, -1)]) {
      const page = await reader.open(change(link.href))
      expect(show(await reader.press(page))).toEqual([400, brokenLink])
    }
    expect(await wantsWelcomes(reader)).toBe(true)
  })
})

describe('every page', () => {
  const paths = ['/verify', '/reset', '/unsubscribe']
  const token = 'x'.repeat(40)

  it.each(paths)('%s needs no other resources, and has labels for screen readers', async (path) => {
    const reader = new Reader(world, '')
    for (const page of [await reader.open(`${path}?token=${token}`), await reader.open(path)]) {
      const { html, headers, title } = page
      expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
      expect(html).toContain(`<h1>${title}</h1>`)
      expect(html).not.toMatch(/<script|https?:|\/\/|url\(|@import/)
      const style = /<style>(.*?)<\/style>/s.exec(html)![1]!
      expect(headers.get('content-security-policy')).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/)
      expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual(['same-origin', 'no-store'])
      const seen = [...html.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id!)
      expect(seen.filter((id) => !html.includes(`<label for="${id}">`))).toEqual([])
    }
    const fields = (await reader.open(`/reset?token=${token}`)).html.match(/<input id=[^>]*>/g)!
    expect(fields.map((field) => /autocomplete="([^"]*)"/.exec(field)?.[1])).toEqual(['new-password', 'new-password'])
  })

  it.each(paths)('%s ignores query fields that mail programs add to the link', async (path) => {
    const reader = new Reader(world, '')
    const plain = await reader.open(`${path}?token=${token}`)
    const tracked = await reader.open(`${path}?utm_source=mail&token=${token}&utm_campaign=a&utm_campaign=b&fbclid=%FF`)
    expect([tracked.status, tracked.html]).toEqual([200, plain.html])
    expect((await reader.press({ ...tracked, form: { ...tracked.form!, fields: new URLSearchParams({ token, more: '1' }) } })).title).not.toBe(
      'This could not be read',
    )
  })

  it.each(paths)('%s says so if the link is incomplete', async (path) => {
    const reader = new Reader(world, '')
    for (const query of ['', '?token=', `?token=${'x'.repeat(201)}`]) expect(show(await reader.open(path + query))).toEqual([400, brokenLink])
    expect((await reader.open(`${path}?token=${token}&token=${token}`)).status).toBe(400)
  })

  it.each(paths)('%s shows any token as plain text', async (path) => {
    const hostile = `"><script>alert(1)</script>'<b>&amp;`
    const { status, html, form } = await new Reader(world, '').open(`${path}?token=${encodeURIComponent(hostile)}`)
    expect(status).toBe(200)
    expect(html).not.toMatch(/<script|<b>/)
    expect([...form!.fields.values(), form!.url.searchParams.get('token')]).toContain(hostile)
  })

  it.each(paths)('%s refuses forms of another site or an opaque origin, and bodies that are not forms', async (path) => {
    const reader = new Reader(world, '')
    const page = await reader.open(`${path}?token=${token}`)
    for (const origin of ['https://evil.example', 'null'])
      expect(show(await reader.press(page, {}, { origin }))).toEqual([403, 'This came from somewhere else'])
    expect(show(await reader.press(page, {}, { 'content-type': 'application/json' }))).toEqual([415, 'This could not be read'])
    expect(show(await reader.press(page, { more: 'x'.repeat(17_000) }))).toEqual([413, 'This could not be read'])
    for (const method of ['PUT', 'DELETE']) expect((await world.send(method, path)).status).toBe(405)
  })

  it('is not in the OpenAPI document', async () => {
    const { body } = await world.send('GET', '/openapi.json')
    expect(Object.keys((body as { paths: object }).paths).filter((path) => paths.includes(path))).toEqual([])
  })

  it('leaves no token in the logs', () => {
    const said = world.said.join('\n')
    for (const path of paths) expect(said).toContain(`"route":"${path}"`)
    expect(said).not.toMatch(/token=/)
    expect(said).not.toContain(token)
    expect(said).not.toMatch(/\.(welcome|media-ready)\./)
  })
})

it('links lead to the front end of the team, and mail programs to the API', async () => {
  const settings = { NOTIFICATIONS_LINK_URL: 'https://app.example.org/shop', HTTP_PUBLIC_URL: 'https://api.example.org' }
  const fronted = await ApiWorld.open(settings, shapes.inside)
  try {
    const reader = new Reader(fronted, 'ada@example.org')
    await fronted.send('POST', '/v1/accounts', { body: { email: reader.email, password: first, name: 'Ada' } })
    const { text } = await reader.mail(subjects.verify)
    const [, token] = /^https:\/\/app\.example\.org\/shop\/verify\?token=(\S+)$/m.exec(text)!
    await fronted.send('POST', '/v1/accounts/verifications', { body: { token } })
    const welcome = await reader.mail(subjects.welcome)
    expect(welcome.text).toMatch(/https:\/\/app\.example\.org\/shop\/unsubscribe\?token=\S+/)
    expect(welcome.headers['List-Unsubscribe']).toMatch(/^<https:\/\/api\.example\.org\/unsubscribe\?token=[^>]+>$/)
  } finally {
    await fronted.close()
  }
}, 180_000)
