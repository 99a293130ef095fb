import { dockerParameters } from './nats-launch.js'

const start = { folder: '/tmp/queue', port: 14_222, name: 'kilomega-1', configuration: 'port: 1' }

it('A container is published on the loopback address, keeps its data in the folder and reads its configuration there', () => {
  const parameters = dockerParameters('nats:2.12.7-alpine', start)
  const [options, server] = [
    parameters.slice(0, parameters.indexOf('nats:2.12.7-alpine')),
    parameters.slice(parameters.indexOf('nats:2.12.7-alpine') + 1),
  ]
  expect(options.join(' ')).toContain('-p 127.0.0.1:14222:4222 -v /tmp/queue:/data')
  expect(server.join(' ')).toBe('-a 0.0.0.0 -p 4222 -n kilomega-1 -js -sd /data -c /data/nats.conf')
})

it('Each folder has one container of its own', () => {
  const nameOf = (folder: string) => dockerParameters('nats', { ...start, folder })[3]
  expect(nameOf('/tmp/a')).toMatch(/^kilomega-[0-9a-f]{12}$/)
  expect(nameOf('/tmp/a')).toBe(nameOf('/tmp/a'))
  expect(nameOf('/tmp/a')).not.toBe(nameOf('/tmp/b'))
})
