-- One number expanded half a million million times, split into single elements.
-- expect: memory limit or error or time limit
return require("nightjar").zeros(1):expand(2 ^ 39):split(1)
