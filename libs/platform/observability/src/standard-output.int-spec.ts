import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const built = fileURLToPath(new URL('../dist/standard-output.js', import.meta.url))
const running = (program: string): string[] => ['--input-type=module', '-e', `import { standardOutput } from ${JSON.stringify(built)}; ${program}`]

/** Lines with characters of up to three bytes, longer than the buffer and longer than a pipe takes at once, both singly and together. */
const manyLines = `
  for (let i = 0; i < 5_000; i++) standardOutput.write(i + ' \\u20ac\\u00fc' + 'x'.repeat(i % 97) + '\\n')
  standardOutput.write('long ' + '\\u20ac'.repeat(100_000) + '\\n')
  standardOutput.write('last\\n')`
const shortLines = Array.from({ length: 5_000 }, (_, i) => `${i} \u20ac\u00fc${'x'.repeat(i % 97)}`)

it.each([
  "throw new Error('gone')",
  'process.exit(1)',
  "process.once('SIGTERM', () => process.exit(1)); process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5_000)",
])('writes each line once, whole and in order, before the process ends by %s', async (end) => {
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, running(`${manyLines}; ${end}`), { timeout: 20_000, maxBuffer: 2 ** 22 }, (_error, stdout) => resolve(stdout))
  })
  expect(output.split('\n')).toEqual([...shortLines, `long ${'\u20ac'.repeat(100_000)}`, 'last', ''])
})

/** Uses real time: only the system reports a broken pipe to the writer, some time after a write; the process must survive what follows. */
it('loses lines and nothing else when the reader is gone', async () => {
  const program = `const writing = setInterval(() => { ${manyLines} }, 10); setTimeout(() => { clearInterval(writing); console.error('alive') }, 500)`
  const child = spawn(process.execPath, running(program), { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 })
  child.stdout.destroy()
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number]
  expect([code, said]).toEqual([0, 'alive\n'])
})
