#!/bin/bash
kolla_prepare_sshd keystone
