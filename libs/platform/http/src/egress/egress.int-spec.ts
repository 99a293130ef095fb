import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Egress, type EgressAnswer } from './egress.js'
import { isPublicAddress } from './public-address.js'

const servers: Server[] = []
let hits = 0

/** Serves on this machine, so a request that gets here has reached the inside. */
async function serve(answer: RequestListener): Promise<number> {
  const server = createServer((request, response) => {
    hits += 1
    answer(request, response)
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
beforeEach(() => void (hits = 0))
afterAll(() => servers.forEach((server) => server.closeAllConnections() ?? server.close()))

/** The status, or the code of the refusal. */
const codeOf = (work: Promise<EgressAnswer>): Promise<unknown> =>
  work.then(
    ({ status }) => status,
    ({ code }: { code: string }) => code,
  )

const inside = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.0.2',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '0.0.0.0',
    '0',
    '１２７.０.０.１',
    '127。0。0。1',
  ],
  ...['localhost', 'LOCALHOST', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.254', '192.168.1.1', '169.254.169.254', '2852039166'],
  ...[
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ...[
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:169.254.169.254]',
    '[::127.0.0.1]',
    '[fd00::1]',
    '[fc00::1]',
    '[fe80::1]',
    '[ff02::1]',
  ],
  ...['[64:ff9b::7f00:1]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001::1]', '[2001:db8::1]', '[100::1]', '[5f00::1]', '[3fff::1]'],
]

describe('A call to the outside', () => {
  it.each(inside)('to %s reaches nothing inside', async (host) => {
    const port = await serve((_, response) => response.end('secret'))
    const egress = new Egress({ http: true, ports: [port] })
    expect(await codeOf(egress.send({ url: `http://${host}:${port}/` }))).toBe('URL_NOT_ALLOWED')
    expect(hits).toBe(0)
  })

  it.each([
    ...[
      'http://example.org/',
      'https://example.org:8443/',
      'https://example.org:22/',
      'ftp://example.org/',
      'file:///etc/passwd',
      'gopher://example.org/',
    ],
    ...[
      'data:text/plain,a',
      'javascript:1',
      'https://user@example.org/',
      'https://user:word@example.org/',
      'https://example.org@127.0.0.1/',
      '//example.org/',
    ],
    ...[
      'https://',
      '',
      'example.org',
      'https://[::1',
      'https://127.0.0.1#@example.org/',
      'https://127.0.0.1\\@example.org/',
      'unix:/run/docker.sock',
    ],
  ])('is not made for %p', async (url) => {
    expect(await codeOf(new Egress().send({ url }))).toBe('URL_NOT_ALLOWED')
  })

  it('connects only to checked addresses: all of them are checked, and the name is not resolved again', async () => {
    const port = await serve((_, response) => response.end('ok'))
    const asked: string[] = []
    const isAllowed = (address: string) => asked.push(address) > 0
    expect(await codeOf(new Egress({ http: true, ports: [port], isAllowed }).send({ url: `http://localhost:${port}/` }))).toBe(200)
    expect(asked.every((address) => ['127.0.0.1', '::1'].includes(address))).toBe(true)
  })

  describe('where this machine is allowed', () => {
    const egressTo = (...ports: number[]) => new Egress({ http: true, ports, isAllowed: (address) => address === '127.0.0.1' })

    it('sends the request and reads the answer', async () => {
      const port = await serve((request, response) => request.pipe(response.setHeader('x-method', request.method!)))
      const answer = await egressTo(port).send({ url: `http://127.0.0.1:${port}/a`, method: 'POST', body: 'hook' })
      expect([answer.status, answer.headers['x-method'], String(answer.body)]).toEqual([200, 'POST', 'hook'])
    })

    it.each(['http://169.254.169.254/latest/meta-data', 'http://[::1]/', 'file:///etc/passwd', 'http://127.0.0.1:1/'])(
      'is not redirected to %s',
      async (location) => {
        const port = await serve((_, response) => response.writeHead(302, { location }).end())
        expect(await codeOf(egressTo(port, 80).send({ url: `http://127.0.0.1:${port}/` }))).toBe('URL_NOT_ALLOWED')
        expect(hits).toBe(1)
      },
    )

    it('follows three redirects but not a fourth, and none for a POST', async () => {
      const port = await serve(({ url }, response) =>
        response.writeHead(url === '/0' ? 200 : 307, { location: `/${Number(url!.slice(1)) - 1}` }).end(),
      )
      const ask = (path: string, method: 'GET' | 'POST') => codeOf(egressTo(port).send({ url: `http://127.0.0.1:${port}${path}`, method }))
      expect([await ask('/3', 'GET'), await ask('/4', 'GET'), await ask('/1', 'POST')]).toEqual([200, 'URL_NOT_ALLOWED', 307])
    })

    it('reads no more bytes and waits no longer than allowed', async () => {
      const port = await serve(({ url }, response) => (url === '/large' ? response.end(Buffer.alloc(2_000)) : response.write('a')))
      const ask = (path: string) => codeOf(egressTo(port).send({ url: `http://127.0.0.1:${port}${path}`, maxBytes: 1_000, timeoutMs: 200 }))
      expect([await ask('/large'), await ask('/slow')]).toEqual(['URL_ANSWER_TOO_LARGE', 'URL_UNAVAILABLE'])
    })

    it('reveals neither what the other side answered nor that nothing was there', async () => {
      const port = await serve((_, response) => response.socket!.end('no HTTP: secret'))
      const error = await egressTo(port)
        .send({ url: `http://127.0.0.1:${port}/` })
        .catch((reason: { toValue: () => unknown }) => reason.toValue())
      expect(JSON.stringify(error)).not.toContain('secret')
      expect(error).toMatchObject({ code: 'URL_UNAVAILABLE' })
    })
  })
})

it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])('%s is a public internet address', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})
