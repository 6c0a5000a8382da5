-- The limit strikes while a module is loaded.
-- expect: T
-- limits: time=200ms
pcall(require, "modules.spin")
require "modules.spin"
