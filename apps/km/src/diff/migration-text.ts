import { dropWarning } from './drop-warning.js'
import { statementLines } from './statement-lines.js'

/** The file of a migration, as people write them by hand. Statements that drop something stand below a comment that says so. */
export function migrationText(name: string, statements: readonly string[]): string {
  const parts = statements.map((statement) => {
    const warning = dropWarning(statement, statements)
    return `${warning === undefined ? '' : `  // ${warning}\n`}  ${literal(statementLines(statement))},\n`
  })
  return `import { migration } from '@kilomega/database'\n\nexport const ${constantOf(name)} = migration(\n  '${name}',\n${parts.join('')})\n`
}

/** `createInvoices` of `202612010900-create-invoices`. */
export const constantOf = (name: string): string => name.replace(/^\d+-/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

function literal(lines: readonly string[]): string {
  const text = lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join('\n')
  return /['\n\\]/.test(text) ? `\`${text.replace(/[\\`]|\$\{/g, '\\$&')}\`` : `'${text}'`
}
