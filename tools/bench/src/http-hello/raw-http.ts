// The limit: what Node itself takes for the same answer.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tellReady } from '../process/tell-ready.js'

const server = createServer((_request, response) => {
  const body = JSON.stringify({ hello: 'world' })
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }).end(body)
})
server.listen(0, '127.0.0.1', () => tellReady({ public: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }))
