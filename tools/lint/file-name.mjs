import { basename } from 'node:path'

const saysNothing = /^(utils?|helpers?|common|shared|base|managers?|types?)$/

/** A file is named after its one idea; these names would fit any idea. */
export default {
  meta: { type: 'problem', schema: [], messages: { empty: '"{{name}}" does not say what is inside.', form: '"{{name}}" is not kebab-case.' } },
  create(context) {
    const name = basename(context.filename)
    return {
      Program(node) {
        const words = name.split('.').slice(0, -1)
        if (words.some((word) => saysNothing.test(word))) context.report({ node, messageId: 'empty', data: { name } })
        if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name)) context.report({ node, messageId: 'form', data: { name } })
      },
    }
  },
}
