import { Injectable } from '@nestjs/common'
import { Liquid } from 'liquidjs'
import { type Template, TemplateRenderer } from './template-renderer.js'

const options = {
  strictVariables: true,
  strictFilters: true,
  // What an `if` asks for may be missing, and only there.
  lenientIf: true,
  ownPropertyOnly: true,
  // What `-%}` takes away: the rest of its line, and no further lines.
  greedy: false,
  // All templates that there are for `render` and `include`: no file is looked for.
  templates: {},
} as const

@Injectable()
export class LiquidTemplateRenderer extends TemplateRenderer {
  private readonly forHtml = new Liquid({ ...options, outputEscape: 'escape' })
  private readonly forText = new Liquid(options)

  html(template: string): Template {
    return read(this.forHtml, template)
  }

  text(template: string): Template {
    return read(this.forText, template)
  }
}

function read(liquid: Liquid, template: string): Template {
  const parsed = liquid.parse(template)
  return (values) => liquid.renderSync(parsed, values) as string
}
