#!/bin/bash
# The compilers that an image has, by their paths.
for each in cc gcc g++ c++ clang cpp tcc; do
    command -v "$each"
done
exit 0
