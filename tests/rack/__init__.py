"""The virtual rack: a site's network, an appliance and blank servers, in namespaces and QEMU on one machine."""
