// Lints source texts that are in no file: reads [{ path, code }] from standard input, prints [{ path, messages: [{ ruleId, message }] }].
// The architecture tests use it to check planted violations.
import { text } from 'node:stream/consumers'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const eslint = new ESLint({ cwd: root })
const answers = []
for (const { path, code } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath: join(root, path) })
  answers.push({ path, messages: result.messages.map(({ ruleId, message }) => ({ ruleId, message })) })
}
process.stdout.write(JSON.stringify(answers))
