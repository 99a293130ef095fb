import { Injectable } from '@nestjs/common'
import { Liquid } from 'liquidjs'
import { type Template, TemplateRenderer } from './template-renderer.js'

const options = {
  strictVariables: true,
  strictFilters: true,
  // A value may be missing in the condition of an `if`, and nowhere else.
  lenientIf: true,
  ownPropertyOnly: true,
  // `-%}` removes the rest of its line, and no further lines.
  greedy: false,
  // `render` and `include` find no templates: no file is read.
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
