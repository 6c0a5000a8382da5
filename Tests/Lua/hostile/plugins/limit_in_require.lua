-- The limit is reached while a module is loaded.
-- expect: time limit
-- limits: time=200ms
pcall(require, "lib.spin")
require "lib.spin"
