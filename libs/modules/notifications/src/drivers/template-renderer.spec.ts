import { LiquidTemplateRenderer } from './template-renderer.liquid.js'
import { templateRendererSuite } from './template-renderer.suite.js'

describe('TemplateRenderer by LiquidJS', () => templateRendererSuite(() => new LiquidTemplateRenderer()))
